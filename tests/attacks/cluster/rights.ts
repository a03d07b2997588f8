/**
 * A tenant's account and people before the API server: what they might do with a token that is theirs. The same requests by an account
 * that was granted exactly these rights get through, mostly as a dry run.
 */
import { z } from "zod";
import { programs } from "../../../components/names";
import { environment } from "../../support/live/environment";
import { type Server, send } from "../../support/live/http";
import { apply, type KubernetesObject, kubectl, kubectlJson, remove } from "../../support/live/kubectl";
import { until } from "../../support/live/progress";
import { settings } from "../../support/live/settings";
import { accountIn } from "../../support/live/throwaway";
import type { Attack, Outcome, Part } from "../attack";
import { type Attempt, atTwin, attempts, type PolicyRule, rightOf, twinPlace } from "./attempts";
import { once } from "./once";
import { binding, clusterRole, namespace } from "./stage";

const granted = accountIn(twinPlace, "granted");
const subject = { kind: "ServiceAccount", name: granted.metadata.name, namespace: twinPlace };

/** Every right that an attempt takes. Changes are granted on twins only. */
const ruleFor = (attempt: Attempt): PolicyRule => {
  const { verb, group, resource, subresource, name } = rightOf(attempt);
  return {
    apiGroups: [group],
    resources: [subresource === "" ? resource : `${resource}/${subresource}`],
    verbs: [verb],
    ...(changes(attempt) ? { resourceNames: [name] } : {}),
  };
};

const changes = ({ method }: Attempt): boolean => method === "PATCH" || method === "DELETE";
const inTwinPlace = (attempt: Attempt): boolean => rightOf(attempt).namespace === twinPlace;

/** The one by which admission knows the platform: here it is RBAC that is tried. */
const bypass = { apiGroups: ["moat.dev"], resources: ["isolation"], verbs: ["bypass"] };

const twin = (apiVersion: string, kind: string, name: string, fields: Readonly<Record<string, unknown>>) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: twinPlace },
  ...fields,
});

const twins = [
  twin("networking.k8s.io/v1", "NetworkPolicy", "tenant", {
    spec: { podSelector: {}, policyTypes: ["Ingress"] },
  }),
  twin("v1", "ResourceQuota", "tenant", { spec: { hard: { pods: "1" } } }),
  twin("v1", "ConfigMap", programs.readGateway, { data: {} }),
  // The operator looks at none outside the platform's namespace.
  twin("monitoring.coreos.com/v1", "Prometheus", "tenants", { spec: {} }),
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: twinPlace },
    spec: {
      policyName: twinPlace,
      validationActions: ["Audit"],
      matchResources: { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": twinPlace } } },
    },
  },
];

function grants(): KubernetesObject[] {
  const [inside, everywhere] = [inTwinPlace, (a: Attempt) => !inTwinPlace(a)].map((belongs) =>
    attempts.map(atTwin).filter(belongs),
  );
  return [
    namespace(twinPlace),
    granted,
    ...twins,
    clusterRole("attack-rights-inside", (inside ?? []).map(ruleFor)),
    binding("attack-rights-inside", "attack-rights-inside", subject, twinPlace),
    clusterRole("attack-rights", [
      ...(everywhere ?? []).flatMap((a) => [ruleFor(a), ...(a.more ?? [])]),
      bypass,
    ]),
    binding("attack-rights", "attack-rights", subject),
  ];
}

const clientConfig = z.object({
  clusters: z
    .array(z.object({ cluster: z.object({ server: z.url(), "certificate-authority-data": z.string() }) }))
    .min(1),
});

async function apiServer(): Promise<Server> {
  const { clusters } = await kubectlJson(clientConfig, ["config", "view", "--raw", "--minify"]);
  const [first] = clusters;
  if (first === undefined) throw new Error("the kubeconfig names no cluster");
  const { server, "certificate-authority-data": ca } = first.cluster;
  return { url: server, ca: Buffer.from(ca, "base64").toString(), servername: "kubernetes.default.svc" };
}

/** A token for the API server itself. */
const apiToken = async (inNamespace: string, account: string): Promise<string> =>
  (await kubectl(["create", "token", account, "-n", inNamespace, "--duration", "30m"])).trim();

function make(): Part {
  const objects = grants();
  const server = once(apiServer);
  const tokens = {
    tenant: once(async () => {
      const { alpha } = (await environment()).tenants;
      if (alpha === undefined) throw new Error('the stack has no tenant "alpha"');
      return apiToken(alpha.serviceAccountNamespace, alpha.serviceAccount);
    }),
    granted: once(() => apiToken(twinPlace, granted.metadata.name)),
  };
  const attempt = async (token: () => Promise<string>, it: Attempt): Promise<Outcome> => {
    const { status, body } = await send(await server(), {
      method: it.method,
      path: it.query === undefined ? it.path : `${it.path}?${it.query}`,
      headers: [
        ["Authorization", `Bearer ${await token()}`],
        ["Content-Type", it.method === "PATCH" ? "application/merge-patch+json" : "application/json"],
        ...(it.headers ?? []),
      ],
      ...(it.body === undefined ? {} : { body: JSON.stringify(it.body) }),
    });
    // Whatever else the API server says, it says to somebody who may.
    if (status === 401 || status === 403) return { leaked: false, seen: String(status) };
    return { leaked: true, seen: status < 300 ? String(status) : `${status} ${body.slice(0, 200)}` };
  };
  const attackBy = (it: Attempt): Attack => ({
    name: it.name,
    surface: "rights",
    rule: it.rule,
    expected: "403",
    play: () => attempt(tokens.tenant, it),
    without: "an account that was granted the right",
    teeth: async () => {
      const outcome = await attempt(tokens.granted, atTwin(it));
      return { ...outcome, leaked: outcome.leaked && outcome.seen.startsWith("2") };
    },
  });
  const people: Attack = {
    name: "does any of this as a person of the tenant",
    surface: "rights",
    rule: "T11",
    expected: "none of it is allowed",
    play: () => allowedTo(person(), attempts),
    without: "an account that was granted the rights",
    teeth: async () => {
      const outcome = await allowedTo(
        `system:serviceaccount:${twinPlace}:${granted.metadata.name}`,
        attempts.map(atTwin),
      );
      return { ...outcome, leaked: outcome.seen.startsWith(`${attempts.length} of`) };
    },
  };
  return {
    attacks: [...attempts.map(attackBy), people],
    concurrency: 4,
    setUp: async () => {
      await remove(...objects);
      await apply(...objects);
      await until("the grants to be known", 20, async () => {
        const [first] = attempts;
        return first !== undefined && (await attempt(tokens.granted, first)).leaked;
      });
    },
    tearDown: () => remove(...objects),
  };
}

export const rightsPart = make();

function person(): string {
  const [user] = Object.entries(settings.tenants).find(([name]) => name === "alpha")?.[1].users ?? [];
  if (user === undefined) throw new Error('tenant "alpha" has no users');
  return user;
}

/** What the API server says that a user may do. */
async function allowedTo(user: string, all: readonly Attempt[]): Promise<Outcome> {
  const items = all.map((it) => ({
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: { user, resourceAttributes: rightOf(it) },
  }));
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  const words = await kubectl(["create", "-f", "-", "-o", "jsonpath={.status.allowed} "], list);
  const verdicts = words.trim().split(/\s+/);
  if (verdicts.length !== all.length || verdicts.some((v) => !/^(true|false)$/.test(v)))
    throw new Error(`the API server gave no verdict on each of ${all.length} rights: ${words}`);
  const allowed = verdicts.filter((v) => v === "true").length;
  return { leaked: allowed > 0, seen: `${allowed} of ${all.length} allowed` };
}
