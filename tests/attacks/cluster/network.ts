/**
 * From a pod of tenant alpha: what stands behind the gateway, the node and the control plane, the other tenant's application, and the
 * metadata service. The same targets are tried at the same time from a pod that no wall holds.
 */
import { z } from "zod";
import { type ProgramName, ports, programs } from "../../../components/names";
import { readyPod } from "../../support/live/bare";
import { apply, kubectlJson, pods, remove } from "../../support/live/kubectl";
import type { Verdict } from "../../support/live/probePod";
import { platformNamespace } from "../../support/live/settings";
import type { Attack, Part, Surface } from "../attack";
import { canListen, endMetadataService, metadataAddress, startMetadataService } from "./metadataService";
import { once } from "./once";
import { type ProberArgs, prober, verdicts } from "./prober";
import { namespace, networkPolicy, testLabel } from "./stage";

interface Door {
  readonly name: string;
  readonly surface: Surface;
  readonly rule: string;
  readonly url: () => Promise<string>;
}

const at = (host: string, port: number, scheme = "http"): string => `${scheme}://${host}:${port}`;

const byName = (program: ProgramName, port: number, scheme?: string) => async () =>
  at(`${program}.${platformNamespace}.svc`, port, scheme);

const byAddress = (program: ProgramName, port: number, scheme?: string) => async () =>
  at(await addressOf(program), port, scheme);

const addressOf = async (program: ProgramName): Promise<string> =>
  (await readyPod(program)).status.podIP ?? "";

const nodes = z.object({
  items: z.array(
    z.object({
      status: z.object({ addresses: z.array(z.object({ type: z.string(), address: z.string() })) }),
    }),
  ),
});

const onNode = (port: number) => async () => {
  const { items } = await kubectlJson(nodes, ["get", "nodes"]);
  const address = items[0]?.status.addresses.find((a) => a.type === "InternalIP")?.address;
  if (address === undefined) throw new Error("the cluster has no node with an InternalIP");
  return at(address, port, "https");
};

const podAddress = async (inNamespace: string, labels: Readonly<Record<string, string>>): Promise<string> => {
  const found = (await pods(inNamespace, labels)).find((p) => p.status.podIP !== undefined);
  if (found?.status.podIP === undefined)
    throw new Error(`${inNamespace} has no pod ${JSON.stringify(labels)}`);
  return found.status.podIP;
};

const sampleApp = { "app.kubernetes.io/name": "sample-app" };

const door = (surface: Surface, rule: string, name: string, url: () => Promise<string>): Door => ({
  surface,
  rule,
  name,
  url,
});

const { tenantPrometheus, platformPrometheus, query, queryFrontend, store, compact, readGateway, edge } =
  programs;

const doors: readonly Door[] = [
  ...[
    door("network", "Q2", "tenants' Prometheus by name", byName(tenantPrometheus, ports.prometheus)),
    door("network", "Q2", "tenants' Prometheus by address", byAddress(tenantPrometheus, ports.prometheus)),
    door("network", "Q2", "platform's Prometheus", byAddress(platformPrometheus, ports.prometheus)),
    door("network", "P14", "config reloader", byAddress(tenantPrometheus, ports.configReloader)),
    door("network", "Q2", "Thanos sidecar's HTTP", byAddress(tenantPrometheus, ports.http)),
    door("network", "Q2", "Thanos Query by name", byName(query, ports.http)),
    door("network", "Q2", "Thanos Query by address", byAddress(query, ports.http)),
    door("network", "Q2", "query frontend by name", byName(queryFrontend, ports.http)),
    door("network", "Q2", "query frontend by address", byAddress(queryFrontend, ports.http)),
    door("network", "Q2", "store gateway's HTTP", byAddress(store, ports.http)),
    door("network", "Q2", "compactor", byAddress(compact, ports.http)),
    door("network", "S1", "object store", byName(programs.s3, ports.s3, "https")),
    door("network", "Q2", "operator", byName(programs.operator, ports.operator)),
    door("network", "Q2", "query guard behind the gateway", byAddress(readGateway, ports.queryGuardMetrics)),
    door("network", "Q4", "edge's metrics and ping", byAddress(edge, ports.edgeMetrics)),
    door("network", "Q2", "kubelet", onNode(10_250)),
    door("network", "Q2", "API server by name", async () => "https://kubernetes.default.svc:443"),
    door("network", "Q2", "API server on its node", onNode(6443)),
    door("network", "Q2", "metrics of the cluster's DNS", async () =>
      at(await podAddress("kube-system", { "k8s-app": "kube-dns" }), 9153),
    ),
    door("network", "Q2", "beta's application by name", async () =>
      at("sample-app.beta.svc", ports.nodeExporter),
    ),
    door("network", "Q2", "beta's application by address", async () =>
      at(await podAddress("beta", sampleApp), ports.nodeExporter),
    ),
  ],
  ...[
    door("store API", "Q2", "tenants' sidecar by name", byName(tenantPrometheus, ports.grpc)),
    door("store API", "Q2", "tenants' sidecar by address", byAddress(tenantPrometheus, ports.grpc)),
    door("store API", "Q2", "platform's sidecar by address", byAddress(platformPrometheus, ports.grpc)),
    door("store API", "Q2", "store gateway by name", byName(store, ports.grpc)),
    door("store API", "Q2", "store gateway by address", byAddress(store, ports.grpc)),
    door("store API", "Q2", "Thanos Query by address", byAddress(query, ports.grpc)),
  ],
];

const metadataDoors: readonly Door[] = [
  door("metadata service", "S4", "by its address", async () => at(metadataAddress, 80)),
  door("metadata service", "S4", "by its address as IPv6 writes it", async () =>
    at(`[::ffff:${metadataAddress}]`, 80),
  ),
];

/** Names are unique within a surface only. */
const titleOf = ({ surface, name }: Door): string => `${surface}: ${name}`;

const inside = { name: "attack-prober", namespace: "alpha" };
const outside = { name: "attack-prober", namespace: "attack-open" };

/** Only for pods of the throwaway namespace: the tenant's pod stays before closed doors meanwhile. */
const hole = (inNamespace: string) =>
  networkPolicy(inNamespace, "attack-hole", {
    podSelector: {},
    policyTypes: ["Ingress"],
    ingress: [{ from: [{ namespaceSelector: { matchLabels: { [testLabel]: "open" } } }] }],
  });

const lasting = [
  namespace(outside.namespace, { [testLabel]: "open" }),
  hole(platformNamespace),
  hole("beta"),
];

function make(): Part {
  const all = [...doors, ...(canListen() ? metadataDoors : [])];
  const targets = once(async () =>
    Object.fromEntries(await Promise.all(all.map(async (d) => [titleOf(d), await d.url()] as const))),
  );
  const seenFrom = (from: Omit<ProberArgs, "targets">) =>
    once(async () => verdicts({ ...from, targets: await targets() }));
  const tried = { inside: seenFrom(inside), outside: seenFrom(outside) };
  const attackOn = (target: Door): Attack => {
    const title = titleOf(target);
    const verdictOf = async (seen: () => Promise<Record<string, Verdict>>): Promise<Verdict> => {
      const verdict = (await seen())[title];
      if (verdict === undefined) throw new Error(`nothing is known of ${title}`);
      return verdict;
    };
    return {
      name: `connects from a pod: ${target.name}`,
      surface: target.surface,
      rule: target.rule,
      expected: "dropped",
      play: async () => {
        const seen = await verdictOf(tried.inside);
        // A refused connection was let through: only nobody was at home.
        return { leaked: seen !== "dropped", seen };
      },
      without: "no walls around the pod and its target",
      teeth: async () => {
        const seen = await verdictOf(tried.outside);
        return { leaked: seen === "connected", seen };
      },
    };
  };
  const removed = [...prober({ ...inside, targets: {} }), ...lasting];
  return {
    attacks: all.map(attackOn),
    concurrency: all.length,
    setUp: async () => {
      await remove(...removed);
      if (canListen()) await startMetadataService();
      const open = { targets: await targets() };
      await apply(...lasting, ...prober({ ...inside, ...open }), ...prober({ ...outside, ...open }));
    },
    tearDown: async () => {
      await Promise.all([endMetadataService(), remove(...removed)]);
    },
  };
}

export const networkPart = make();
