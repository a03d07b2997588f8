/** The environment as a stack: whole, at rest, of the promised shape and reachable as users reach it. Numbers: lines of the checklist. */
import { platformReplicas } from "../../components/metrics/replicas";
import { gatewayAudience, namespaceHeader, programs } from "../../components/names";
import type { Result } from "../../toolchain/shell";
import { type Environment, environment } from "../support/live/environment";
import { gatewayOf, TenantClient } from "../support/live/gateway";
import { type Answer, send } from "../support/live/http";
import { isReady, kubectl, pods, podsOf, tokenFor } from "../support/live/kubectl";
import { until } from "../support/live/progress";
import { exportState, preview, type Resource, readResources, up, withTenants } from "../support/live/pulumi";
import { platformNamespace, settings } from "../support/live/settings";
import { found, leaks, objectStoreKeys } from "./credentials";

const minutes = 60_000;
let env: Environment;

beforeAll(async () => {
  env = await environment();
}, 40 * minutes);

/** The engine came to its end; if not, its words are in the report. */
const expectDone = ({ code, stdout, stderr }: Result): void =>
  expect({ code, said: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, said: "" });

describe("1: one deployment brings up everything", () => {
  test(
    "every pod of the platform and of the tenants is ready",
    async () => {
      const namespaces = [platformNamespace, ...Object.values(env.tenants).flatMap((t) => t.namespaces)];
      for (const namespace of namespaces) {
        await until(`the pods of ${namespace}`, 120, async () => (await pods(namespace)).every(isReady));
      }
    },
    3 * minutes,
  );

  test.each([
    [programs.tenantPrometheus, settings.metrics.replicas],
    [programs.query, settings.thanos.queryReplicas],
    [programs.queryFrontend, settings.thanos.queryFrontendReplicas],
    [programs.store, settings.thanos.storeReplicas],
    [programs.compact, 1],
    [programs.readGateway, settings.readGateway.replicas],
    [programs.admissionWebhook, platformReplicas(settings.size)],
    [programs.edge, settings.edge.replicas],
  ])("%s runs %d times", async (program, replicas) => {
    expect((await podsOf(program)).filter(isReady)).toHaveLength(replicas);
  });

  test("every Prometheus of the tenants has its sidecar", async () => {
    for (const { spec } of await podsOf(programs.tenantPrometheus)) {
      expect(spec.containers.map((c) => c.name)).toEqual(
        expect.arrayContaining(["prometheus", "thanos-sidecar"]),
      );
    }
  });
});

describe("the stack at rest", () => {
  test("its outputs name what the configuration asks for", () => {
    const port = settings.edge.httpsPort === 443 ? "" : `:${settings.edge.httpsPort}`;
    expect(env.readGatewayUrl).toBe(`https://metrics.${settings.edge.domain}${port}`);
    expect(env.clusters).toEqual([settings.clusterName]);
    const namespaces = Object.entries(settings.tenants).map(([name, t]) => [name, t.namespaces ?? [name]]);
    expect(
      Object.entries(env.tenants)
        .map(([name, t]) => [name, t.namespaces])
        .sort(),
    ).toEqual(namespaces.sort());
    for (const { namespaces: own, serviceAccountNamespace } of Object.values(env.tenants)) {
      expect(own).toContain(serviceAccountNamespace);
    }
  });

  test(
    "a preview has nothing to change",
    async () => {
      expectDone(await preview("--expect-no-changes"));
    },
    2 * minutes,
  );

  test(
    "a second up changes nothing",
    async () => {
      expectDone(await up("--expect-no-changes"));
    },
    2 * minutes,
  );

  test("a tenant of one namespace takes at most 12 resources, its sample application included", async () => {
    const resources = readResources(await exportState());
    const small = Object.entries(env.tenants).filter(([, t]) => t.namespaces.length === 1);
    expect(small.length).toBeGreaterThan(0);
    for (const [name] of small) {
      const count = ofTenant(resources, name).length;
      expect(count).toBeGreaterThan(5);
      expect(count).toBeLessThanOrEqual(12);
    }
  });
});

/** Everything whose name is the tenant's or begins with it. Names of tenants in the stack do not begin with each other's. */
const ofTenant = (resources: readonly Resource[], tenant: string): Resource[] =>
  resources.filter(
    ({ urn }) => /^tenant-(.*)$/.test(nameOf(urn)) && `${nameOf(urn)}-`.startsWith(`tenant-${tenant}-`),
  );

const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

describe("the edge, from outside", () => {
  const query = "/api/v1/query?query=up";
  const https = (): { url: string; ca: string } => ({ url: env.readGatewayUrl, ca: env.caCertificate });
  const admin = (password: string) =>
    ["Authorization", `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`] as const;
  const ui = (...headers: (readonly [string, string])[]): Promise<Answer> =>
    send({ url: env.queryUrl, ca: env.caCertificate }, { path: query, headers });

  test("its certificate is of the stack's authority, and of no other that the machine trusts", async () => {
    expect((await send(https(), { path: query })).status).toBe(401);
    await expect(send({ url: env.readGatewayUrl }, { path: query })).rejects.toThrow(/certificate/);
    await expect(send({ ...https(), servername: "elsewhere.localhost" }, { path: query })).rejects.toThrow();
  });

  test("HTTP only redirects to HTTPS", async () => {
    const url = new URL(env.readGatewayUrl);
    const answer = await send({ url: `http://${url.hostname}:${settings.edge.httpPort}` }, { path: query });
    expect([301, 308]).toContain(answer.status);
    expect(answer.headers.location).toBe(`${env.readGatewayUrl}${query}`);
  });

  test("the query UI asks for a password, and a tenant's token is none", async () => {
    expect((await ui()).status).toBe(401);
    expect((await ui(admin("wrong"))).status).toBe(401);
    const { serviceAccount, serviceAccountNamespace } = Object.values(env.tenants)[0] ?? {};
    const token = await tokenFor(serviceAccountNamespace ?? "", serviceAccount ?? "", gatewayAudience);
    expect((await ui(["Authorization", `Bearer ${token}`], [namespaceHeader, "alpha"])).status).toBe(401);
    const inside = await ui(admin(env.queryPassword));
    expect(inside.status).toBe(200);
    expect(inside.body).toContain('"status":"success"');
  });

  test("no other host is served", async () => {
    const other = {
      ...https(),
      url: env.readGatewayUrl.replace("metrics.", "other."),
      servername: new URL(env.readGatewayUrl).hostname,
    };
    expect((await send(other, { path: query })).status).toBe(404);
  });
});

// Where Grafana's image can be had, a person looks. What it shows the gateway is played by the attacks with certificates, and its data
// source, files and dashboards are held by unit tests.
test.skip("13: the tenant's Grafana shows its data by its own certificate only (dev has no Grafana)", () =>
  undefined);

describe("18: a tenant is one entry in the configuration", () => {
  const tenant = "added";

  test(
    "it brings namespace, quota, limits, wall, rights and account, and changes nothing of others",
    async () => {
      await withTenants({ [tenant]: {} }, async (file) => {
        try {
          const added = await up("--config-file", file, "--suppress-outputs");
          expectDone(added);
          expect(added.stdout).toMatch(/\+ \d+ created/);
          expect(added.stdout).not.toMatch(/[1-9]\d* (updated|deleted|replaced)/);
          expect(ofTenant(readResources(await exportState()), tenant).length).toBeLessThanOrEqual(12);
          const parts = [
            "resourcequota/tenant",
            "limitrange/tenant",
            "networkpolicy/tenant",
            "rolebinding/metrics-readers",
          ];
          await kubectl(["get", "-n", tenant, ...parts]);
          const token = await tokenFor(tenant, "metrics-reader", gatewayAudience);
          const client = new TenantClient(gatewayOf(env), token, [tenant]);
          expect(await client.query("up")).toEqual([]);
          expect((await client.askingFor("alpha").ask({ path: "/api/v1/query?query=up" })).status).toBe(403);
        } finally {
          expectDone(await up());
        }
      });
      expect((await kubectl(["get", "namespace", tenant, "--ignore-not-found", "-o", "name"])).trim()).toBe(
        "",
      );
    },
    4 * minutes,
  );
});

describe("19: credentials are in Secrets and nowhere else", () => {
  let keys: Record<string, string>;

  beforeAll(async () => {
    keys = { ...(await objectStoreKeys()), "password of the query UI": env.queryPassword };
  });

  test("they would be recognised", async () => {
    const secrets = await kubectl(["get", "secrets", "-n", platformNamespace, "-o", "json"]);
    const readable = secrets.replace(/"([A-Za-z0-9+/=]{16,})"/g, (_, v: string) =>
      Buffer.from(v, "base64").toString(),
    );
    expect(found(readable, keys)).toEqual(expect.arrayContaining(["access key", "secret key"]));
    expect(found(await exportState("--show-secrets"), keys).sort()).toEqual(
      expect.arrayContaining(Object.keys(keys).sort()),
    );
    const token = await tokenFor("alpha", "metrics-reader", gatewayAudience);
    expect(found(`authorization: Bearer ${token}`, keys)).toEqual(["token"]);
  });

  test(
    "no log and no other object shows one",
    async () => {
      // A request with a token and a password, so that there is something to log.
      const token = await tokenFor("alpha", "metrics-reader", gatewayAudience);
      await new TenantClient(gatewayOf(env), token, ["alpha"]).query("up");
      const namespaces = [platformNamespace, ...Object.values(env.tenants).flatMap((t) => t.namespaces)];
      for (const namespace of namespaces) expect(await leaks(namespace, keys)).toEqual([]);
    },
    3 * minutes,
  );

  test("the state shows none in the clear", async () => {
    expect(found(await exportState(), keys)).toEqual([]);
  });
});
