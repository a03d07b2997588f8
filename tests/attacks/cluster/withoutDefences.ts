/**
 * A throwaway Prometheus like the tenants', but for everything that keeps tenants apart: no enforced label, no limits, no closed
 * selectors, no walls, and the right to find targets everywhere. What it takes in is what attacks would bring.
 */
import { z } from "zod";
import { limitFields } from "../../../components/metrics/limits";
import { ownedBy } from "../../../components/metrics/operator";
import { ports, programs } from "../../../components/names";
import { fromPod, isReady, type KubernetesObject, kubectlJson, pods } from "../../support/live/kubectl";
import { queryString, readVector, type Vector } from "../../support/live/prometheusApi";
import { platformNamespace, settings } from "../../support/live/settings";
import { accountIn } from "../../support/live/throwaway";
import { binding, networkPolicy } from "./stage";

const name = "without-defences";
/** The operator's names for the pods. */
const labels = { "app.kubernetes.io/name": "prometheus", "app.kubernetes.io/instance": name };

/** Fields of the tenants' Prometheus that are not for this one: defences first, then what makes it large and lasting. */
const removed = [
  ...Object.keys(limitFields(settings.metrics.limits)),
  "enforcedNamespaceLabel",
  "overrideHonorLabels",
  "overrideHonorTimestamps",
  "ignoreNamespaceSelectors",
  "arbitraryFSAccessThroughSMs",
  "excludedFromEnforcement",
  "affinity",
  "retentionSize",
  "storage",
  "thanos",
  "volumes",
];

const prometheus = z.object({ spec: z.record(z.string(), z.unknown()) });

/** Its objects; `namespaces` are those whose monitors and rules it takes. The tenants' Prometheus must be there. */
export async function withoutDefences(namespaces: readonly string[]): Promise<KubernetesObject[]> {
  const place = ["-n", platformNamespace];
  const { spec } = await kubectlJson(prometheus, ["get", "prometheus", "tenants", ...place]);
  const kept = Object.fromEntries(Object.entries(spec).filter(([field]) => !removed.includes(field)));
  const selector = {
    matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: namespaces }],
  };
  return [
    ...surroundings,
    {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "Prometheus",
      metadata: { name, namespace: platformNamespace, annotations: ownedBy(platformNamespace) },
      spec: {
        ...kept,
        replicas: 1,
        serviceName: name,
        serviceAccountName: name,
        scrapeInterval: "5s",
        scrapeTimeout: "5s",
        evaluationInterval: "5s",
        retention: "1h",
        resources: { requests: { cpu: "5m", memory: "64Mi" }, limits: { memory: "1Gi" } },
        containers: quickStart,
        serviceMonitorNamespaceSelector: selector,
        podMonitorNamespaceSelector: selector,
        probeNamespaceSelector: selector,
        ruleNamespaceSelector: selector,
      },
    },
  ];
}

/** The operator's own startup probes look every 15 and 10 seconds only. */
const quickStart = ["prometheus", "config-reloader"].map((container) => ({
  name: container,
  startupProbe: { periodSeconds: 2, failureThreshold: 60 },
}));

const fromIt = [
  {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": platformNamespace } },
    podSelector: { matchLabels: labels },
  },
];

const doorIn = (inNamespace: string): KubernetesObject =>
  networkPolicy(inNamespace, `${name}-in`, {
    podSelector: {},
    policyTypes: ["Ingress"],
    ingress: [{ from: fromIt }],
  });

/** Account, Service, rights and ways. */
const surroundings: readonly KubernetesObject[] = [
  accountIn(platformNamespace, name),
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: platformNamespace },
    spec: { clusterIP: "None", selector: labels, ports: [{ name: "http", port: ports.prometheus }] },
  },
  binding(name, `${platformNamespace}-${programs.tenantPrometheus}-discovery`, {
    kind: "ServiceAccount",
    name,
    namespace: platformNamespace,
  }),
  networkPolicy(platformNamespace, `${name}-out`, {
    podSelector: { matchLabels: labels },
    policyTypes: ["Egress"],
    egress: [{}],
  }),
  doorIn(platformNamespace),
  doorIn("beta"),
];

/** For removal, which asks for names only. */
export const itsObjects: readonly KubernetesObject[] = [
  {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "Prometheus",
    metadata: { name, namespace: platformNamespace },
  },
  ...surroundings,
];

/** GET on it, by way of the API server. */
export async function itsAnswer(path: string, parameters: Readonly<Record<string, string>>): Promise<string> {
  const ready = (await pods(platformNamespace, labels)).find(isReady);
  if (ready === undefined) throw new Error(`no pod of ${name} is ready`);
  return fromPod(ready, `${path}?${queryString(parameters)}`, ports.prometheus);
}

export const itsQuery = async (query: string): Promise<Vector> =>
  readVector(await itsAnswer("/api/v1/query", { query }));
