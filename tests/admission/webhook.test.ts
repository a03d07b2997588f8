/**
 * The admission webhook behind a real API server, with the configurations of the program: what it refuses and completes, what it is not
 * asked about, and what holds while it does not answer.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { crdFile, crdFolder, kinds } from "../../components/metrics/crds";
import { objectLabels } from "../../components/names";
import { AdmissionWebhook } from "../../components/tenancy/admissionWebhook";
import { PrivateCa } from "../../components/trust/privateCa";
import { admissionPolicy } from "../../policies/admission";
import { proxies } from "../../policies/rules/tenants/proxies";
import { prepareCrds } from "../../toolchain/crds";
import { endProcess } from "../../toolchain/endProcess";
import { messageOf } from "../../toolchain/errors";
import { freePort } from "../../toolchain/freePort";
import { program, root } from "../../toolchain/paths";
import { makeServerCertificate } from "../../toolchain/serverCertificate";
import { must } from "../../toolchain/shell";
import { environment } from "../support/environment";
import { SomebodysCluster } from "../support/existingCluster";
import { until } from "../support/live/progress";
import { madeBy, objects } from "../support/mocks";

const configuration = z.object({
  metadata: z.object({ name: z.string() }),
  webhooks: z.tuple([z.looseObject({ clientConfig: z.object({ service: z.object({ path: z.string() }) }) })]),
});

const group = "monitoring.coreos.com";
const ours = "alpha";
const others = "elsewhere";
const folder = mkdtempSync(join(tmpdir(), "moat-webhook-"));
const at = (name: string): string => join(folder, name);
let cluster: SomebodysCluster;
let port: number;
let guard: ChildProcess;

const startGuard = (): ChildProcess =>
  spawn(
    program("guards"),
    [
      "admit",
      `--listen-address=127.0.0.1:${port}`,
      "--http-address=127.0.0.1:0",
      `--tls-cert=${at("tls.crt")}`,
      `--tls-key=${at("tls.key")}`,
    ],
    { stdio: "ignore" },
  );

/** The program's own configurations, asked at an address instead of a Service: the server here is in no cluster. */
async function configurations(caBundle: string): Promise<object[]> {
  const namespace = "moat-system";
  const made = await madeBy(() => {
    const ca = new PrivateCa("ca", { namespace });
    return void new AdmissionWebhook("webhook", {
      namespace,
      size: "small",
      metrics: environment().metrics,
      ca,
    });
  });
  return ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"].map((kind) => {
    const { metadata, webhooks } = configuration.parse(objects(made, kind)[0]?.inputs);
    const [{ clientConfig, ...webhook }] = webhooks;
    const url = `https://127.0.0.1:${port}${clientConfig.service.path}`;
    return {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind,
      metadata,
      webhooks: [{ ...webhook, clientConfig: { url, caBundle } }],
    };
  });
}

const namespace = (name: string, labels: Readonly<Record<string, string>>): object => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels },
});

/** The rule about redirects, in force in tenants' namespaces. */
const policy = (): object[] => {
  const metadata = { name: "redirects" };
  const apiVersion = "admissionregistration.k8s.io/v1";
  return [
    { apiVersion, kind: "ValidatingAdmissionPolicy", metadata, spec: admissionPolicy(proxies) },
    {
      apiVersion,
      kind: "ValidatingAdmissionPolicyBinding",
      metadata,
      spec: {
        policyName: metadata.name,
        validationActions: ["Deny"],
        matchResources: { namespaceSelector: { matchLabels: { [objectLabels.role]: "tenant" } } },
      },
    },
  ];
};

beforeAll(async () => {
  await prepareCrds();
  port = await freePort();
  await makeServerCertificate({
    of: "webhook",
    names: ["IP:127.0.0.1"],
    days: 1,
    ca: { certificate: at("ca.crt"), key: at("ca.key") },
    server: { certificate: at("tls.crt"), key: at("tls.key") },
    openssl: async (...args) => must("openssl", args),
  });
  guard = startGuard();
  cluster = await SomebodysCluster.start();
  const tenants = { [objectLabels.role]: "tenant", [objectLabels.tenant]: ours };
  cluster.apply(
    ...kinds.map((kind): object => JSON.parse(readFileSync(join(root, crdFolder, crdFile(kind)), "utf8"))),
    namespace(ours, tenants),
    namespace(others, {}),
  );
  cluster.kubectl("wait", "--for=condition=Established", "crd", "--all");
  // What stands already when the webhook comes.
  cluster.apply(rules(ours, "older", parameter));
  cluster.apply(...policy(), ...(await configurations(readFileSync(at("ca.crt")).toString("base64"))));
  await until(
    "the server to ask the webhook",
    60,
    async () => refusal(rules(ours, "probe", parameter)) !== "",
    0.2,
  );
  await until("the policy to hold", 60, async () => refusal(redirected) !== "", 0.2);
});
afterAll(async () => {
  await endProcess(guard);
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const rules = (inNamespace: string, name: string, ...exprs: readonly (string | number)[]) => ({
  apiVersion: `${group}/v1`,
  kind: "PrometheusRule",
  metadata: { name, namespace: inNamespace },
  spec: { groups: [{ name: "g", rules: exprs.map((expr) => ({ record: "a:b", expr })) }] },
});

const quoted = 'vector(1) + on ("a) vector(0) or sum by (shop) (sample_orders_total) or on (b") vector(1)';
const parameter = "quantile(scalar(sum(sample_orders_total)), vector(1))";

const monitor = (inNamespace: string, endpoint: object) => ({
  apiVersion: `${group}/v1`,
  kind: "ServiceMonitor",
  metadata: { name: "app", namespace: inNamespace },
  spec: { selector: {}, endpoints: [{ port: "a" }, { port: "b", ...endpoint }] },
});
const redirected = monitor(ours, { followRedirects: true });

const file = (object: object): string => {
  writeFileSync(at("object.json"), JSON.stringify(object));
  return at("object.json");
};

/** The object as the server would store it. Nothing is stored. */
const taken = (object: object): unknown =>
  JSON.parse(cluster.kubectl("create", "--dry-run=server", "-o", "json", "-f", file(object)));

/** The server's words; empty when it takes the object. */
function refusal(object: object): string {
  try {
    taken(object);
    return "";
  } catch (error) {
    return messageOf(error);
  }
}

const endpoints = z.object({
  spec: z.object({ endpoints: z.array(z.object({ followRedirects: z.boolean() })) }),
});

test("rules that read beyond their namespace are refused with the place and the reason, by both ways out", () => {
  for (const expr of [quoted, parameter])
    expect(refusal(rules(ours, "leaks", "up", expr))).toContain(
      'admission webhook "rules.moat.dev" denied the request: T8h: group "g", record "a:b": the Prometheus Operator ',
    );
});

test("ordinary ones are taken, numbers among them, and in a namespace that is no tenant's all are", () => {
  expect(refusal(rules(ours, "good", 1, "up", 'sum by ("service.name") (rate(x[5m]))'))).toBe("");
  expect(refusal(rules(others, "free", quoted, parameter))).toBe("");
});

test("rules that Prometheus would not load are refused in its words, as the operator would leave out all of them", () => {
  const spec = {
    groups: [{ name: "g", rules: [{ alert: "A", expr: "up", annotations: { summary: "{{ $instance }}" } }] }],
  };
  expect(refusal({ ...rules(ours, "unread", "up"), spec })).toContain(
    'T8h: group "g", alert "A": Prometheus refuses it, and the Prometheus Operator leaves out all rules of the object with it: annotation "summary": ',
  );
});

test("an older object may change all but its rules", () => {
  cluster.kubectl("label", "prometheusrule/older", `--namespace=${ours}`, "team=a");
  const patch = JSON.stringify({ spec: rules(ours, "older", quoted).spec });
  expect(() =>
    cluster.kubectl(
      "patch",
      "prometheusrule/older",
      `--namespace=${ours}`,
      "--type=merge",
      `--patch=${patch}`,
    ),
  ).toThrow("T8h: ");
});

test("a monitor that says nothing of redirects follows none, and so passes; one that wants them does not", () => {
  const made = endpoints.parse(taken(monitor(ours, {})));
  expect(made.spec.endpoints).toEqual([{ followRedirects: false }, { followRedirects: false }]);
  expect(refusal(redirected)).toContain("T5a: Set followRedirects: false");
  expect(taken(monitor(others, {}))).toMatchObject({ spec: { endpoints: [{ port: "a" }, { port: "b" }] } });
});

describe("while no webhook answers", () => {
  beforeAll(() => endProcess(guard));

  test("no rule is taken, but labels change and what stands can go", () => {
    expect(refusal(rules(ours, "good", "up"))).toContain('failed calling webhook "rules.moat.dev"');
    cluster.kubectl("label", "prometheusrule/older", `--namespace=${ours}`, "team=b", "--overwrite");
    cluster.kubectl("delete", "prometheusrule/older", `--namespace=${ours}`, "--cascade=foreground");
  });

  test("monitors are judged by what they say", () => {
    const closed = {
      ...redirected,
      spec: { selector: {}, endpoints: [{ port: "a", followRedirects: false }] },
    };
    expect(refusal(closed)).toBe("");
    expect(refusal(monitor(ours, {}))).toContain("T5a: Set followRedirects: false");
  });
});
