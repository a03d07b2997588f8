/** What the answers of a cluster mean for an environment. Pure: problems stop it before anything is made, warnings do not. */
import { z } from "zod";
import type { ClusterDns } from "../../../config/clusterDns";
import { isUntried, triedMinor, whyTooOld } from "../../../config/kubernetesVersion";
import type { Problem } from "../../../config/problems";
import { isMissing, read } from "./answers";
import type { Answer, Question } from "./ask";
import { definitionQuestions, judgeDefinitions, type Whose } from "./definitions";
import { dnsQuestions, findDns } from "./dns";
import { groupList, seemsEnforced } from "./enforcer";
import { findOperators, type Neighbour, type OperatorAnswers, operatorQuestions } from "./operators";
import { everything, inWords, isAllowed, mayI, needed } from "./rights";
import { type Workload, workloads } from "./workloads";

export interface Findings {
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
  /** Whom pods ask for names. */
  readonly dns: ClusterDns;
}

type Said = Partial<Omit<Findings, "dns">>;

/** What every cluster is asked, by name, in one go. */
export const firstQuestions = {
  version: { method: "GET", path: "/version" },
  groups: { method: "GET", path: "/apis" },
  storageClasses: { method: "GET", path: "/apis/storage.k8s.io/v1/storageclasses" },
  daemonSets: { method: "GET", path: "/apis/apps/v1/daemonsets?limit=500" },
  embedded: { method: "GET", path: "/apis/rbac.authorization.k8s.io/v1/clusterroles/moat:netpol" },
  user: {
    method: "POST",
    path: "/apis/authentication.k8s.io/v1/selfsubjectreviews",
    body: { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" },
  },
  everything: mayI(everything),
  ...dnsQuestions,
} as const satisfies Readonly<Record<string, Question>>;

export type FirstAnswers = Readonly<Record<keyof typeof firstQuestions, Answer>>;

/** What an environment wants of the cluster. */
export interface Wishes extends Neighbour {
  /** Storage class of its volumes. Default: the cluster's own. */
  readonly storageClass?: string | undefined;
  /** Whom pods ask for names. Default: what is found. */
  readonly dns?: ClusterDns | undefined;
  /** Whose the definitions of the Prometheus Operator's kinds are to be. */
  readonly crds: Whose;
}

/** The same, and where the answers came from, for words. */
export interface Asked extends Wishes {
  readonly server: string;
  readonly context: string;
}

/** Problems for which there is no use in asking on: the server cannot be reached, or does not know who asks. */
export function whyNoAnswer({ version }: FirstAnswers, { server, context }: Asked): Problem | undefined {
  const path = "moat:cluster.kubeconfig";
  const where = `the API server ${server} of context "${context}"`;
  if ("failure" in version)
    return {
      path,
      reason: `${where} cannot be reached: ${inPlainWords(version.failure)}`,
      mend: "start the cluster, or correct the kubeconfig; moat:cluster.checks: false previews without it",
    };
  if (version.status === 401)
    return { path, reason: `${where} does not know these credentials`, mend: "log in again, or renew them" };
  if (version.status !== 200)
    return {
      path,
      reason: `${where} answers ${version.status} when asked for its version`,
      mend: "is it a Kubernetes API? Try: kubectl version",
    };
  return undefined;
}

const failures: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "its name is not known",
  EHOSTUNREACH: "there is no way to it",
  ENETUNREACH: "there is no way to it",
  ECONNRESET: "it broke the connection off",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is not of the authority that the kubeconfig names",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is not of the authority that the kubeconfig names",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not of the authority that the kubeconfig names",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  CERT_HAS_EXPIRED: "its certificate has expired",
};

const inPlainWords = (failure: string): string =>
  failures[failure] === undefined ? failure : `${failures[failure]} (${failure})`;

/** What is asked next, by what was answered. */
export interface FurtherQuestions {
  /** None where the user may do everything. */
  readonly rights: readonly Question[];
  /** Undefined where the operator's kinds are not known at all. */
  readonly operator?: OperatorQuestions;
}

interface OperatorQuestions extends Readonly<Record<keyof typeof operatorQuestions, Question>> {
  readonly definitions: readonly Question[];
  /** Whether the environment is there already. */
  readonly platform: Question;
}

export interface FurtherAnswers {
  readonly rights: readonly Answer[];
  readonly operator?: OperatorAnswers & {
    readonly definitions: readonly Answer[];
    readonly platform: Answer;
  };
}

export const furtherQuestions = (
  { everything: all, groups }: FirstAnswers,
  { platformNamespace, crds }: Wishes,
): FurtherQuestions => ({
  rights: isAllowed(all) === true ? [] : needed.map(mayI),
  ...((crds === "theirs" || knowsOperator(groups)) && {
    operator: {
      ...operatorQuestions,
      definitions: definitionQuestions(),
      platform: { method: "GET", path: `/api/v1/namespaces/${platformNamespace}` },
    },
  }),
});

const knowsOperator = (groups: Answer): boolean =>
  read(groups, groupList)?.groups.some(({ name }) => name === "monitoring.coreos.com") === true;

export function judge(first: FirstAnswers, further: FurtherAnswers, asked: Asked): Findings {
  const version = read(first.version, z.object({ gitVersion: z.string() }))?.gitVersion ?? "unknown";
  const daemonSets = read(first.daemonSets, workloads)?.items;
  const names = asked.dns === undefined ? findDns(first, daemonSets) : { dns: asked.dns };
  const all: Said[] = [
    ofVersion(version),
    ofRights(first, further.rights),
    ofStorage(first, asked),
    ofWalls(first, version, daemonSets),
    names,
    ofOperator(further, asked),
  ];
  return {
    problems: all.flatMap(({ problems = [] }) => problems),
    warnings: all.flatMap(({ warnings = [] }) => warnings),
    dns: names.dns,
  };
}

function ofVersion(version: string): Said {
  const old = whyTooOld(version);
  if (old !== undefined) return { problems: [{ path: "moat:cluster", ...old }] };
  return isUntried(version)
    ? {
        warnings: [
          `the cluster runs Kubernetes ${version}; later ones than 1.${triedMinor} are not tried yet`,
        ],
      }
    : {};
}

function ofRights(first: FirstAnswers, further: readonly Answer[]): Said {
  const missing = needed.filter((_, i) => isAllowed(further[i]) === false);
  if (missing.length === 0) return {};
  const who = read(
    first.user,
    z.object({ status: z.object({ userInfo: z.object({ username: z.string() }) }) }),
  );
  const name = who === undefined ? "the user of the kubeconfig" : `user "${who.status.userInfo.username}"`;
  return {
    problems: [
      {
        path: "moat:cluster.context",
        reason: `${name} may not, in all namespaces: ${inWords(missing).join("; ")}`,
        mend: "take a context of an administrator, or bind this user to a ClusterRole with these rights: docs/existing-clusters.md",
      },
    ],
  };
}

const isDefault = "storageclass.kubernetes.io/is-default-class";
const classList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).optional() }),
    }),
  ),
});

function ofStorage(first: FirstAnswers, { storageClass }: Asked): Said {
  const path = "moat:storageClass";
  const classes = read(first.storageClasses, classList)?.items.map(({ metadata }) => metadata);
  if (classes === undefined)
    return { warnings: ["storage classes may not be listed, so it is not known whether volumes will come"] };
  const names = classes.map(({ name }) => name).join(", ");
  const choice = names === "" ? "the cluster has none: install a CSI driver first" : `take one of: ${names}`;
  if (storageClass !== undefined)
    return classes.some(({ name }) => name === storageClass)
      ? {}
      : { problems: [{ path, reason: `the cluster has no storage class "${storageClass}"`, mend: choice }] };
  return classes.some(({ annotations }) => annotations?.[isDefault] === "true")
    ? {}
    : {
        problems: [
          { path, reason: "is missing, and the cluster has no default storage class", mend: choice },
        ],
      };
}

function ofWalls(first: FirstAnswers, version: string, daemonSets: readonly Workload[] | undefined): Said {
  const signs = {
    version,
    groups: read(first.groups, groupList),
    daemonSets,
    embedded: "status" in first.embedded && first.embedded.status === 200,
  };
  return seemsEnforced(signs)
    ? {}
    : {
        warnings: [
          "no program is known here that enforces NetworkPolicies, and without one tenants reach each other's pods and the platform's. Try it: docs/existing-clusters.md",
        ],
      };
}

function ofOperator({ operator }: FurtherAnswers, asked: Asked): Said {
  if (operator === undefined) return {};
  const { problems, warnings } = findOperators(operator, asked);
  const made = !isMissing(operator.platform);
  return { problems: [...judgeDefinitions(operator.definitions, asked.crds, made), ...problems], warnings };
}
