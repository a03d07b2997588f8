/**
 * Whom pods of a cluster ask for names, as far as the cluster shows it. Pure. Its parts are looked for where nobody but the cluster's
 * administrators puts them: whoever could name another DNS would have the walls opened to it.
 */
import { isIP } from "node:net";
import { z } from "zod";
import type { ClusterDns } from "../../../config/clusterDns";
import type { Problem } from "../../../config/problems";
import { fits } from "../../../policies/stackRules/parts/objects";
import { kubeDns } from "../dns";
import { read } from "./answers";
import type { Answer, Question } from "./ask";
import { containersOf, listsOf, type Workload } from "./workloads";

export const dnsQuestions = {
  dnsServices: { method: "GET", path: "/api/v1/services?labelSelector=k8s-app%3Dkube-dns" },
  openshiftDns: { method: "GET", path: "/api/v1/namespaces/openshift-dns/services/dns-default" },
} as const satisfies Readonly<Record<string, Question>>;

export type DnsAnswers = Readonly<Record<keyof typeof dnsQuestions, Answer>>;

export interface DnsFindings {
  readonly dns: ClusterDns;
  readonly problems?: readonly Problem[];
  readonly warnings?: readonly string[];
}

const service = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  spec: z.object({
    selector: z.record(z.string(), z.string()).optional(),
    ports: z
      .array(z.object({ port: z.int(), targetPort: z.union([z.int(), z.string()]).optional() }))
      .optional(),
  }),
});
const serviceList = z.object({ items: z.array(service) });
type Service = z.output<typeof service>;

const path = "moat:cluster.dns";

/** `daemonSets` is undefined where they may not be listed. */
export function findDns(answers: DnsAnswers, daemonSets: readonly Workload[] | undefined): DnsFindings {
  const labelled = read(answers.dnsServices, serviceList)?.items;
  const openshift = read(answers.openshiftDns, service);
  const warnings = daemonSets === undefined ? [`DaemonSets ${mayNot}`] : [];
  if (labelled === undefined && openshift === undefined)
    return { dns: kubeDns, warnings: [`Services ${mayNot}`] };
  const services = [...(labelled ?? []).filter(isSystems), ...(openshift === undefined ? [] : [openshift])];
  const caches = (daemonSets ?? []).filter(isNodeLocal);
  const pods = [...services.flatMap((s) => podsBehind(s, daemonSets ?? [])), ...caches.flatMap(podsOfCache)];
  const dns = {
    pods: unique(pods.toSorted(byPlace)),
    addresses: unique(caches.flatMap(addressesOf).toSorted()),
  };
  if (dns.pods.length + dns.addresses.length > 0) return { dns, warnings };
  return { dns: kubeDns, warnings, problems: [unknown((labelled ?? []).filter((s) => !isSystems(s)))] };
}

const isSystems = ({ metadata }: Service): boolean => metadata.namespace === "kube-system";

const mayNot = `may not be listed, so it is not known whether pods ask another DNS than k8s-app=kube-dns in kube-system; ${path} names it`;

function unknown(others: readonly Service[]): Problem {
  const places = unique(others.map(({ metadata }) => metadata.namespace)).join(", ");
  const found = places === "" ? "" : `; one with that label is in ${places}`;
  return {
    path,
    reason: `is missing, and the cluster's DNS is not known: no Service with the label k8s-app=kube-dns in kube-system leads to pods${found}`,
    mend: "name the pods or the addresses that answer, or install CoreDNS: docs/existing-clusters.md",
  };
}

type Pods = ClusterDns["pods"][number];

/** Pods of a Service for names. Walls see the port on which they listen, not that of the Service. */
function podsBehind({ metadata, spec }: Service, daemonSets: readonly Workload[]): Pods[] {
  const port = spec.ports?.find((p) => p.port === 53);
  const { selector = {} } = spec;
  if (port === undefined || Object.keys(selector).length === 0) return [];
  const { targetPort = port.port } = port;
  return [
    {
      namespace: metadata.namespace,
      labels: selector,
      port:
        typeof targetPort === "number"
          ? targetPort
          : (numberOf(targetPort, metadata.namespace, selector, daemonSets) ?? port.port),
    },
  ];
}

/** Number of a port that a Service gives by its name, as the pods have it. */
const numberOf = (
  name: string,
  namespace: string,
  selector: Readonly<Record<string, string>>,
  daemonSets: readonly Workload[],
): number | undefined =>
  daemonSets
    .filter((set) => set.metadata.namespace === namespace && fits(labelsOf(set), { matchLabels: selector }))
    .flatMap(containersOf)
    .flatMap(({ ports = [] }) => ports)
    .find((p) => p.name === name)?.containerPort;

const labelsOf = ({ spec }: Workload): Readonly<Record<string, string>> =>
  spec.template.metadata?.labels ?? {};

const cacheLabels = { "k8s-app": "node-local-dns" };
const isLabelled = (set: Workload): boolean => fits(labelsOf(set), { matchLabels: cacheLabels });

/** NodeLocal DNSCache, which is known by its label, and by a flag that no other program has: its name is not the same everywhere. */
const isNodeLocal = (set: Workload): boolean =>
  set.metadata.namespace === "kube-system" &&
  (isLabelled(set) || containersOf(set).some(({ args = [] }) => listsOf(args, "localip").length > 0));

/** The addresses on which it listens on each node: its own, and often that of the Service `kube-dns` as well. */
function addressesOf(set: Workload): string[] {
  const said = containersOf(set)
    .flatMap(({ args = [] }) => listsOf(args, "localip"))
    .filter((address) => isIP(address) > 0);
  return said.length > 0 ? said : ["169.254.20.10"];
}

/** Cilium hands questions to the pods themselves. */
const podsOfCache = (set: Workload): Pods[] =>
  isLabelled(set) ? [{ namespace: "kube-system", labels: cacheLabels, port: 53 }] : [];

/** Whatever comes in another order is the same. */
const byPlace = (a: Pods, b: Pods): number => placeOf(a).localeCompare(placeOf(b), "en");
const placeOf = ({ namespace, labels, port }: Pods): string =>
  JSON.stringify([namespace, Object.entries(labels).toSorted(), port]);

const unique = <T>(values: readonly T[]): T[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];
