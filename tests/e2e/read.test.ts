/** A tenant reads its own series, all of them, once, and nothing of anybody else's. Numbers: lines of the checklist. */
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { externalLabels, programs } from "../../components/names";
import { bareLabelValues, bareQuery } from "../support/live/bare";
import { emitter } from "../support/live/emitter";
import { type Environment, environment } from "../support/live/environment";
import { type TenantClient, tenantClient } from "../support/live/gateway";
import { apply, type KubernetesObject, kubectlJson, remove } from "../support/live/kubectl";
import { until } from "../support/live/progress";
import { platformNamespace } from "../support/live/settings";
import { greedyQueries } from "./escapes";

let env: Environment;
let alpha: TenantClient;
let beta: TenantClient;

beforeAll(async () => {
  env = await environment();
  alpha = await tenantClient(env, "alpha");
  beta = await tenantClient(env, "beta");
  await until("the samples of both tenants", 120, async () => {
    const [a, b] = await Promise.all([alpha, beta].map((t) => t.query("sample_orders_total")));
    return a !== undefined && b !== undefined && a.length > 0 && b.length > 0;
  });
}, 900_000);

const now = () => Math.floor(Date.now() / 1000);

test("3: a tenant reads its own series by every call", async () => {
  const instant = await alpha.query("sample_orders_total");
  expect(instant).toHaveLength(10);
  expect(new Set(instant.map((s) => s.metric.namespace))).toEqual(new Set(["alpha"]));
  expect(await alpha.range("sample_orders_total", now() - 300, now(), 15)).toHaveLength(10);
  expect(await alpha.series("sample_orders_total")).toHaveLength(10);
  expect(await alpha.labels()).toEqual(expect.arrayContaining(["__name__", "namespace", "shop"]));
  expect(await alpha.labelValues("shop")).toEqual(["alpha"]);
  expect(await beta.query("sample_orders_total")).toHaveLength(1000);
});

test.each(["gzip, deflate, br, zstd", "zstd", "br", "identity"])(
  "3: rules are read whatever encodings a client takes: %s",
  async (encodings) => {
    const { status } = await alpha.ask({
      path: "/api/v1/rules",
      headers: [["Accept-Encoding", encodings]],
    });
    expect(status).toBe(200);
  },
);

test("3: a tenant with several namespaces reads them at once", async () => {
  const both = alpha.askingFor("alpha", "alpha-jobs");
  expect(await both.query("sample_orders_total")).toHaveLength(10);
});

describe("7: a query that asks for another tenant's series gets none", () => {
  test("they are there to be seen without the gateway", async () => {
    expect(await bareQuery('sample_orders_total{namespace="beta"}')).toHaveLength(1000);
  });

  test.each(greedyQueries)("%s", async (query) => {
    for (const path of ["/api/v1/query", "/api/v1/query_range"]) {
      const parameters = {
        query,
        time: String(now()),
        start: String(now() - 120),
        end: String(now()),
        step: "15",
      };
      const answer = await alpha.ask({ path: `${path}?${new URLSearchParams(parameters).toString()}` });
      expect([200, 400, 422]).toContain(answer.status);
      // What the answer quotes of the question is no leak; series are.
      const found = answer.status === 200 ? answer.body : "";
      expect(found).not.toMatch(/"shop":"beta"|"namespace":"(beta|moat-system)"/);
    }
  });
});

test("8: label values are those of the tenant's own series", async () => {
  const everything = new Set(await bareLabelValues("shop"));
  expect(everything).toEqual(new Set(["alpha", "beta"]));
  for (const label of await alpha.labels()) {
    const values = await alpha.labelValues(label);
    expect(values).not.toContain("beta");
    expect(values).not.toContain("moat-system");
  }
  expect(await alpha.labelValues("__name__")).not.toContain("thanos_status");
});

test("14: each series comes once, though two servers scrape it", async () => {
  const twice = await bareQuery('count(sample_orders_total{namespace="alpha"})', { dedup: "false" });
  expect(twice.map((s) => s.value[1])).toEqual(["20"]);
  expect((await alpha.query("count(sample_orders_total)")).map((s) => s.value[1])).toEqual(["10"]);
  const labels = (await alpha.query("sample_orders_total")).flatMap((s) => Object.keys(s.metric));
  expect(labels).not.toContain(externalLabels.replica);
  expect(labels).toContain(externalLabels.cluster);
});

test("2: the reloader beside Prometheus has the arguments that the operator gives it, and looks more often", async () => {
  const own = z.object({ name: z.string(), args: z.array(z.string()) });
  const shape = z.object({
    spec: z.object({
      containers: z.array(z.looseObject({ name: z.string(), args: z.array(z.string()).optional() })),
      initContainers: z.array(own),
    }),
  });
  const pod = `pod/${programs.tenantPrometheus}-0`;
  const { spec } = await kubectlJson(shape, ["get", pod, "-n", platformNamespace]);
  const args = spec.containers.find((c) => c.name === "config-reloader")?.args ?? [];
  const atStart = spec.initContainers.find((c) => c.name === "init-config-reloader")?.args ?? [];
  const files = (of: readonly string[]) => of.filter((arg) => /^--config-.*file=/.test(arg));
  const folders = atStart.filter((arg) => arg.startsWith("--watched-dir="));
  expect(files(args)).toEqual(files(atStart));
  expect(folders.length).toBeGreaterThan(2);
  for (const folder of folders) expect(folder).toMatch(/^--watched-dir=\/etc\/prometheus\/rules\/[^/]+$/);
  expect(args).toContain("--watched-dir=/etc/prometheus/rules");
});

test("2: a new ServiceMonitor is scraped within minutes, under the namespace that it stands in", async () => {
  const name = "new-app";
  const labels = { "app.kubernetes.io/name": name };
  const monitor: KubernetesObject = {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "ServiceMonitor",
    metadata: { name, namespace: "alpha-jobs" },
    spec: {
      selector: { matchLabels: labels },
      // Like most public ones it says nothing of redirects.
      endpoints: [{ port: "metrics", interval: "5s", scrapeTimeout: "5s" }],
    },
  };
  const objects = [
    ...emitter({ name, namespace: "alpha-jobs", labels, metrics: "# TYPE new_app gauge\nnew_app 1\n" }),
    monitor,
  ];
  const jobs = alpha.askingFor("alpha-jobs");
  await apply(...objects);
  try {
    const found = await until("the first sample of a new monitor", 300, async () => {
      const series = await jobs.query("new_app");
      return series.length > 0 ? series : undefined;
    });
    expect(found.map((s) => s.metric.namespace)).toEqual(["alpha-jobs"]);
    await delay(1000);
    expect(await beta.query("new_app")).toEqual([]);
  } finally {
    await remove(...objects);
  }
}, 420_000);
