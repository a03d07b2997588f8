/** 11: tenants reach the gateway and nothing behind it. 20: everything that runs is scraped. */
import { ports, programs } from "../../components/names";
import { bareQuery } from "../support/live/bare";
import { environment } from "../support/live/environment";
import { apply, type KubernetesObject, podsOf, remove } from "../support/live/kubectl";
import { probe, type Verdict } from "../support/live/probePod";
import { until } from "../support/live/progress";
import { platformNamespace, settings } from "../support/live/settings";

beforeAll(() => environment(), 900_000);

const at = (host: string, port: number, scheme = "http") => `${scheme}://${host}:${port}`;
const service = (program: string) => `${program}.${platformNamespace}.svc`;

/** What stands behind the gateway, at every port that would answer. */
async function behind(): Promise<Record<string, string>> {
  const [gateway] = await podsOf(programs.readGateway);
  return {
    "prometheus-web": at(service(programs.tenantPrometheus), ports.prometheus),
    "sidecar-grpc": at(service(programs.tenantPrometheus), ports.grpc),
    query: at(service(programs.query), ports.http),
    "query-grpc": at(service(programs.query), ports.grpc),
    "query-frontend": at(service(programs.queryFrontend), ports.http),
    store: at(service(programs.store), ports.grpc),
    s3: at(service(programs.s3), ports.s3, "https"),
    operator: at(service(programs.operator), ports.operator),
    "admission-webhook": at(service(programs.admissionWebhook), 443, "https"),
    "query-guard-metrics": at(gateway?.status.podIP ?? "", ports.queryGuardMetrics),
  };
}

const verdicts = (targets: Record<string, string>, verdict: Verdict) =>
  Object.fromEntries(Object.keys(targets).map((name) => [name, verdict]));

test("11: from a tenant's pod the gateway answers, and nothing behind it", async () => {
  const closed = await behind();
  const door = at(service(programs.readGateway), ports.readGateway, "https");
  const seen = await probe({ name: "probe", namespace: "alpha", targets: { ...closed, gateway: door } });
  expect(seen).toEqual({ ...verdicts(closed, "dropped"), gateway: "connected" });
}, 180_000);

test("11: without the walls the same pod would reach all of it", async () => {
  const open = await behind();
  const hole: KubernetesObject = {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "test-hole", namespace: platformNamespace },
    spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}] },
  };
  const way: KubernetesObject = {
    ...hole,
    metadata: { name: "test-hole", namespace: "alpha" },
    spec: {
      podSelector: { matchLabels: { "moat.dev/test": "hole" } },
      policyTypes: ["Egress"],
      egress: [{}],
    },
  };
  await apply(hole, way);
  try {
    const labels = { "moat.dev/test": "hole" };
    expect(await probe({ name: "probe", namespace: "alpha", labels, targets: open })).toEqual(
      verdicts(open, "connected"),
    );
  } finally {
    await remove(hole, way);
  }
}, 180_000);

test("11: tenants do not reach each other", async () => {
  const target = { beta: at("sample-app.beta.svc", ports.nodeExporter) };
  expect(await probe({ name: "probe", namespace: "alpha", targets: target })).toEqual({ beta: "dropped" });
  expect(await probe({ name: "probe", namespace: "beta", targets: target })).toEqual({ beta: "connected" });
}, 180_000);

/** The S3 server has no metrics of its own, and its clients' failures are alerted on. Grafana is not in every environment. */
const silent: readonly string[] = [
  programs.s3,
  ...(settings.grafana.kind === "none" ? [programs.grafana] : []),
];

test("20: every program of the platform is scraped", async () => {
  const wanted = Object.values(programs).filter((p) => !silent.includes(p));
  await until("a target of every program to be up", 120, async () => {
    const up = await bareQuery(`up{namespace="${platformNamespace}"} == 1`);
    const pods = up.map((s) => s.metric.pod ?? "");
    return wanted.every((program) => pods.some((pod) => pod.startsWith(`${program}-`)));
  });
  // A monitor that changed is in force when the kubelet has handed it on and the reloader has looked.
  await until("no target to be down", 240, async () => {
    const down = await bareQuery(`up{namespace="${platformNamespace}"} == 0`);
    if (down.length > 0) throw new Error(down.map(({ metric }) => `${metric.job} ${metric.pod}`).join(", "));
    return true;
  });
}, 420_000);
