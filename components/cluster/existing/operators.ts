/** Another Prometheus Operator on the cluster, and what its servers take from tenants. Pure. */
import { z } from "zod";
import type { Problem } from "../../../config/problems";
import { fits } from "../../../policies/stackRules/parts/objects";
import { objectLabels } from "../../names";
import { read } from "./answers";
import type { Answer, Question } from "./ask";
import { isOlder, parseVersion, type Version } from "./versions";
import { containersOf, listsOf, type Workload, workloads } from "./workloads";

export const operatorQuestions = {
  deployments: { method: "GET", path: "/apis/apps/v1/deployments?limit=500" },
  prometheuses: { method: "GET", path: "/apis/monitoring.coreos.com/v1/prometheuses?limit=500" },
} as const satisfies Readonly<Record<string, Question>>;

export type OperatorAnswers = Readonly<Record<keyof typeof operatorQuestions, Answer>>;

/** What an environment is to others on its cluster. */
export interface Neighbour {
  readonly platformNamespace: string;
  readonly tenants: readonly { readonly name: string; readonly namespaces: readonly string[] }[];
}

export interface OperatorFindings {
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

export function findOperators(answers: OperatorAnswers, neighbour: Neighbour): OperatorFindings {
  const here = neighbour.platformNamespace;
  const others = (read(answers.deployments, workloads)?.items ?? []).filter(
    (d) => d.metadata.namespace !== here && isOperator(d) && watches(argsOf(d), here),
  );
  return {
    problems: others.flatMap((d) => tooOld(d, here)),
    warnings: [...others.flatMap((d) => ofNoVersion(d, here)), ...greedyServers(answers, neighbour)],
  };
}

/** By its image, or by a flag that no other program has where the image is given by its digest alone. */
const isOperator = (deployment: Workload): boolean =>
  containersOf(deployment).some(({ image = "" }) => /(^|[/-])prometheus-operator(:|@|$)/.test(image)) ||
  listsOf(argsOf(deployment), "prometheus-config-reloader").length > 0;

const argsOf = (deployment: Workload): string[] => containersOf(deployment).flatMap(({ args = [] }) => args);

/** Whether it looks for Prometheus objects in the namespace. */
function watches(args: readonly string[], namespace: string): boolean {
  const lists = ["prometheus-instance-namespaces", "namespaces"].map((flag) => listsOf(args, flag));
  const allowed = lists.find((list) => list.length > 0);
  return allowed === undefined
    ? !listsOf(args, "deny-namespaces").includes(namespace)
    : allowed.includes(namespace);
}

/** Of its image's tag. */
const versionOf = (deployment: Workload): Version | undefined =>
  containersOf(deployment)
    .map(({ image = "" }) => parseVersion(/prometheus-operator:([^@]+)/.exec(image)?.[1] ?? ""))
    .find((version) => version !== undefined);

/** From this version on an operator leaves those objects alone that are marked as another one's. */
const leavesOthers: Version = [0, 73, 0];

const leftOut = (namespace: string): string =>
  `raise it to ${leavesOthers.join(".")} or later, or have it leave ${namespace} out: --deny-namespaces=${namespace}`;

function tooOld(deployment: Workload, here: string): Problem[] {
  const version = versionOf(deployment);
  if (version === undefined || !isOlder(version, leavesOthers)) return [];
  return [
    {
      path: "moat:platformNamespace",
      reason: `the Prometheus Operator ${version.join(".")} in ${deployment.metadata.namespace} takes every Prometheus object for its own: it and the environment's would change the same servers in turn`,
      mend: leftOut(here),
    },
  ];
}

const ofNoVersion = (deployment: Workload, here: string): string[] =>
  versionOf(deployment) === undefined
    ? [
        `the image of the Prometheus Operator in ${deployment.metadata.namespace} does not say its version. If it takes the environment's Prometheus objects for its own, ${leftOut(here)}`,
      ]
    : [];

const selector = z.record(z.string(), z.unknown()).optional();
const servers = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string() }),
      spec: z.object({
        serviceMonitorSelector: selector,
        serviceMonitorNamespaceSelector: selector,
        podMonitorSelector: selector,
        podMonitorNamespaceSelector: selector,
        probeSelector: selector,
        probeNamespaceSelector: selector,
        scrapeConfigSelector: selector,
        scrapeConfigNamespaceSelector: selector,
        ruleSelector: selector,
        ruleNamespaceSelector: selector,
      }),
    }),
  ),
});
type Server = z.output<typeof servers>["items"][number];

/** Prometheus servers of others that take what tenants write. */
function greedyServers(answers: OperatorAnswers, { platformNamespace, tenants }: Neighbour): string[] {
  const labels = tenants.flatMap(({ name, namespaces }) =>
    namespaces.map((namespace) => ({
      [objectLabels.role]: "tenant",
      [objectLabels.tenant]: name,
      "kubernetes.io/metadata.name": namespace,
    })),
  );
  return (read(answers.prometheuses, servers)?.items ?? []).flatMap((server) => {
    const { name, namespace } = server.metadata;
    const taken = takenFrom(server, labels);
    if (namespace === platformNamespace || taken.length === 0) return [];
    return [
      `Prometheus "${name}" in ${namespace} takes ${taken.join(" and ")} from namespaces of tenants as well, and this environment holds it to nothing: rules there see every series that it has. Have its namespace selectors leave them out: docs/existing-clusters.md`,
    ];
  });
}

/** Without a selector of objects it takes none; without one of namespaces, only those of its own. */
function takenFrom({ spec }: Server, labels: readonly Readonly<Record<string, string>>[]): string[] {
  const takes = (objects: unknown, namespaces: unknown): boolean =>
    objects !== undefined && namespaces !== undefined && labels.some((some) => fits(some, namespaces));
  const monitors =
    takes(spec.serviceMonitorSelector, spec.serviceMonitorNamespaceSelector) ||
    takes(spec.podMonitorSelector, spec.podMonitorNamespaceSelector) ||
    takes(spec.probeSelector, spec.probeNamespaceSelector) ||
    takes(spec.scrapeConfigSelector, spec.scrapeConfigNamespaceSelector);
  return [
    ...(monitors ? ["monitors"] : []),
    ...(takes(spec.ruleSelector, spec.ruleNamespaceSelector) ? ["rules"] : []),
  ];
}
