/**
 * An author before a real API server, with the role and the bindings of the program: all that the role is for, and nothing of what it leaves
 * out on purpose. The same requests by the same person get through once a role of Kubernetes' own is bound beside it, so it is the
 * author's role that refuses them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Right } from "../../components/cluster/existing/rights";
import { authorRules, kubernetesRoles, withheld } from "../../components/tenancy/authors";
import { prepareTestCrds, testCrdFolder } from "../../toolchain/crds";
import { SomebodysCluster } from "../support/existingCluster";
import { until } from "../support/live/progress";
import { objects } from "../support/mocks";
import { tenantsOf } from "../support/tenants";
import { Client } from "./client";

const amy = { user: "amy", group: "people" };
const rbac = "rbac.authorization.k8s.io";
let cluster: SomebodysCluster;
let client: Client;

/** The program's own objects, without what controllers that do not run here would have to count. */
async function tenants(): Promise<object[]> {
  const { made } = await tenantsOf({ alpha: { authors: { users: [amy.user] } }, beta: {} });
  const apiVersions = { Namespace: "v1", ClusterRole: `${rbac}/v1`, RoleBinding: `${rbac}/v1` };
  return Object.entries(apiVersions).flatMap(([kind, apiVersion]) =>
    objects(made, kind).map(({ inputs }) => ({ ...inputs, apiVersion, kind })),
  );
}

beforeAll(async () => {
  await prepareTestCrds();
  cluster = await SomebodysCluster.start();
  client = new Client(cluster.kubeconfig);
  cluster.apply(
    ...readdirSync(testCrdFolder)
      .filter((file) => file.endsWith(".json"))
      .map((file): object => JSON.parse(readFileSync(join(testCrdFolder, file), "utf8"))),
  );
  cluster.kubectl("wait", "--for=condition=Established", "crd", "--all");
  cluster.apply(...(await tenants()));
  await until(
    "the account of pods",
    60,
    async () => (await as("GET", at("", "serviceaccounts", "default"))) === 200,
    0.2,
  );
});
afterAll(() => cluster?.stop());

const alphas = ["prometheusagents", "scrapeconfigs", "alertmanagerconfigs"];
const versionOf = (group: string, kind: string): string =>
  group === "autoscaling" ? "v2" : alphas.includes(kind) ? "v1alpha1" : "v1";

/** `at("", "pods", "p/log")`: the path of the log of pod `p` of a namespace. */
const at = (group: string, kind: string, name = "", namespace = "alpha"): string => {
  const api = group === "" ? "/api/v1" : `/apis/${group}/${versionOf(group, kind)}`;
  return [
    api,
    "namespaces",
    namespace,
    ...(kind === "namespaces" ? [] : [kind]),
    ...(name === "" ? [] : [name]),
  ].join("/");
};

const refusal = z.object({ message: z.string() });

/** The status of the answer to the author; `RBAC` when it is RBAC that refuses. */
async function as(method: string, path: string, body?: object): Promise<number | "RBAC"> {
  const answer = await client.ask(method, path, body, amy);
  const { data } = refusal.safeParse(answer.body);
  return answer.status === 403 && data?.message.includes(`User "${amy.user}" cannot `)
    ? "RBAC"
    : answer.status;
}

const labels = { app: "sample" };
const pod = {
  metadata: { labels },
  spec: {
    securityContext: { runAsNonRoot: true, runAsUser: 65_534, seccompProfile: { type: "RuntimeDefault" } },
    restartPolicy: "Never",
    containers: [
      {
        name: "c",
        image: "example.org/c:v1",
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      },
    ],
  },
};
const { restartPolicy: _, ...lasting } = pod.spec;
const template = { metadata: { labels }, spec: lasting };
const selector = { matchLabels: labels };
const job = { template: pod };

/** Kinds of custom resources, which have to be named. */
const kinds: Readonly<Record<string, string>> = {
  servicemonitors: "ServiceMonitor",
  podmonitors: "PodMonitor",
  probes: "Probe",
  prometheusrules: "PrometheusRule",
  prometheuses: "Prometheus",
  prometheusagents: "PrometheusAgent",
  alertmanagers: "Alertmanager",
  thanosrulers: "ThanosRuler",
  scrapeconfigs: "ScrapeConfig",
  alertmanagerconfigs: "AlertmanagerConfig",
};

/** The least that the API server takes of each kind that somebody may make. */
const bodies: Readonly<Record<string, object>> = {
  servicemonitors: { spec: { selector, endpoints: [] } },
  podmonitors: { spec: { selector, podMetricsEndpoints: [] } },
  probes: { spec: { targets: { staticConfig: { static: ["a.example.org"] } } } },
  prometheusrules: { spec: { groups: [] } },
  deployments: { spec: { selector, template } },
  statefulsets: { spec: { selector, template, serviceName: "sample" } },
  daemonsets: { spec: { selector, template } },
  jobs: { spec: job },
  cronjobs: { spec: { schedule: "0 0 * * *", jobTemplate: { spec: job } } },
  pods: { spec: pod.spec },
  services: { spec: { selector: labels, ports: [{ port: 80 }] } },
  persistentvolumeclaims: {
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  },
  horizontalpodautoscalers: {
    spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "sample" }, maxReplicas: 2 },
  },
  poddisruptionbudgets: { spec: { selector, maxUnavailable: 1 } },
  networkpolicies: { spec: { podSelector: {} } },
  ingresses: { spec: { defaultBackend: { service: { name: "sample", port: { number: 80 } } } } },
  rolebindings: { roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "view" }, subjects: [] },
  endpointslices: { addressType: "IPv4", endpoints: [] },
  thanosrulers: { spec: { queryEndpoints: ["query"] } },
};
const bodyOf = (kind: string, name = "sample"): object => ({
  ...(kind in kinds ? { apiVersion: `monitoring.coreos.com/${versionOf("", kind)}`, kind: kinds[kind] } : {}),
  metadata: { name },
  ...(kind in kinds ? { spec: {} } : {}),
  ...bodies[kind],
});

const rights = authorRules.flatMap(({ apiGroups, resources, verbs }) =>
  apiGroups.flatMap((group) => resources.map((resource) => ({ group, resource, verbs }))),
);
const written = rights.filter(({ verbs }) => verbs.includes("delete"));
const seen = rights.filter(({ verbs }) => verbs.includes("list"));

test.each(written)(
  "an author makes, reads, changes and removes $resource of $group",
  async ({ group, resource }) => {
    const one = at(group, resource, "sample");
    expect({
      make: await as("POST", at(group, resource), bodyOf(resource)),
      read: await as("GET", one),
      change: await as("PATCH", one, { metadata: { labels: { team: "a" } } }),
      remove: await as("DELETE", `${one}?gracePeriodSeconds=0`),
    }).toEqual({ make: 201, read: 200, change: 200, remove: 200 });
  },
);

test.each(seen)("an author lists $resource of $group", async ({ group, resource }) => {
  expect(await as("GET", at(group, resource))).toBe(200);
});

test("an author scales, reads logs, forwards ports and reads the namespace's limits", async () => {
  await as("POST", at("apps", "deployments"), bodyOf("deployments", "scaled"));
  expect(await as("PATCH", at("apps", "deployments", "scaled/scale"), { spec: { replicas: 0 } })).toBe(200);
  expect(await as("GET", at("", "namespaces"))).toBe(200);
  // There is no such pod: RBAC speaks before that is looked up.
  for (const [method, part] of [
    ["GET", "log"],
    ["GET", "portforward"],
    ["POST", "portforward"],
  ] as const)
    expect(await as(method, at("", "pods", `none/${part}`))).toBe(404);
});

test.each(seen)("an author sees no $resource of $group elsewhere", async ({ group, resource }) => {
  expect(await as("GET", at(group, resource, "", "beta"))).toBe("RBAC");
  expect(await as("GET", at(group, resource).replace("/namespaces/alpha", ""))).toBe("RBAC");
});

test.each(written)("an author makes no $resource of $group elsewhere", async ({ group, resource }) => {
  expect(await as("POST", at(group, resource, "", "beta"), bodyOf(resource))).toBe("RBAC");
});

test("the role is taken up by none of Kubernetes' own, so that none of them has its monitors", () => {
  const may = (role: string): string => cluster.kubectl("get", "clusterrole", role, "-o", "json");
  for (const role of ["view", "edit", "admin"]) {
    // What others gave to it is there already.
    expect(may(role)).toContain("deployments");
    expect(may(role)).not.toContain("servicemonitors");
  }
});

/** The request by which the right is used; what is changed is there, what is connected to is not. */
async function use({ group, resource, verb }: Right): Promise<number | "RBAC"> {
  const [kind = "", part] = resource.split("/");
  if (verb === "impersonate") return (await mayI({ group, resource, verb })) ? 200 : "RBAC";
  if (verb === "update") {
    const path = at(group, kind, kind === "namespaces" ? "" : "held");
    const body = await client.must("GET", path);
    return as(
      "PUT",
      `${path}${part === undefined ? "" : `/${part}`}?dryRun=All`,
      z.looseObject({}).parse(body),
    );
  }
  if (part === "token") return as("POST", `${at(group, kind, "default/token")}?dryRun=All`, { spec: {} });
  if (part !== undefined) return as("POST", at(group, kind, `none/${part}`));
  return as("POST", `${at(group, kind)}?dryRun=All`, bodyOf(kind));
}

const review = z.object({ status: z.object({ allowed: z.boolean() }) });
async function mayI(right: Right): Promise<boolean> {
  const { body } = await client.ask(
    "POST",
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    { spec: { resourceAttributes: { ...right, namespace: "alpha" } } },
    amy,
  );
  return review.parse(body).status.allowed;
}

/** In this order: each comes beside those before it. */
const roles: readonly string[] = ["nothing", ...kubernetesRoles];

describe.each(roles)("with %s beside the author's role", (role) => {
  beforeAll(async () => {
    if (role === "nothing") {
      const held = { name: "held", namespace: "alpha" };
      cluster.apply(
        { apiVersion: "v1", kind: "Pod", metadata: held, spec: pod.spec },
        { apiVersion: "v1", kind: "ResourceQuota", metadata: held, spec: { hard: {} } },
        { apiVersion: "v1", kind: "LimitRange", metadata: held, spec: { limits: [] } },
      );
      return;
    }
    cluster.kubectl(
      "create",
      "rolebinding",
      role,
      `--clusterrole=${role}`,
      `--user=${amy.user}`,
      "-n",
      "alpha",
    );
    const [first] = withheld.find(({ givenBy }) => givenBy === role)?.rights ?? [];
    await until(`${role} to hold`, 60, async () => first !== undefined && (await mayI(first)), 0.2);
  });

  const given = roles.slice(1, roles.indexOf(role) + 1);

  test.each(withheld.flatMap((entry) => entry.rights.map((right) => ({ ...right, giver: entry.givenBy }))))(
    "an author's request to $verb $resource of $group",
    async ({ giver, ...right }) => {
      const answer = await use(right);
      if (!given.includes(giver)) expect(answer).toBe("RBAC");
      // Nothing is there to connect to.
      else expect(right.resource.match(/proxy|exec|attach/) ? [404] : [200, 201]).toContain(answer);
    },
  );
});
