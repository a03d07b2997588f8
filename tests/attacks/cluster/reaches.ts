/** Requests of an author for what the role leaves out on purpose, or for what it gives in its own namespaces alone. */
import { authorRole, ports } from "../../../components/names";
import type { kubernetesRoles } from "../../../components/tenancy/authors";
import { platformNamespace } from "../../support/live/settings";

/** One request. With a body it is a dry run, but for connections: there is no pod of that name. */
export interface Reach {
  readonly name: string;
  readonly rule: string;
  /** The first of Kubernetes' own roles that gives it. */
  readonly givenBy: (typeof kubernetesRoles)[number];
  /** Of kubectl: GET, POST or PUT. */
  readonly verb: "get" | "create" | "replace";
  /** Before the namespace: `/api/v1` or `/apis/apps/v1`. */
  readonly api: string;
  /** After it. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Default: alpha. */
  readonly place?: string;
}

const core = "/api/v1";
const rbac = "rbac.authorization.k8s.io";
const dry = "?dryRun=All";
const metadata = { name: "attack-author" };

/** A request for something new: its kind, its resource, and what it holds. */
const making = (
  apiVersion: string,
  kind: string,
  resource: string,
  fields: Readonly<Record<string, unknown>>,
): Pick<Reach, "verb" | "api" | "path" | "body"> => ({
  verb: "create",
  api: apiVersion === "v1" ? core : `/apis/${apiVersion}`,
  path: `/${resource}${dry}`,
  body: { apiVersion, kind, metadata, ...fields },
});

const changing = (
  kind: string,
  path: string,
  name: string,
  fields: Readonly<Record<string, unknown>> = {},
): Pick<Reach, "verb" | "api" | "path" | "body"> => ({
  verb: "replace",
  api: core,
  path: `${path}${dry}`,
  body: { apiVersion: "v1", kind, metadata: { name }, ...fields },
});

const binds = (role: string) => ({
  roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
  subjects: [{ apiGroup: rbac, kind: "User", name: "attack-friend" }],
});
const labels = { app: "attack" };
const containers = [{ name: "c", image: "example.org/c:v1" }];
const monitor = making("monitoring.coreos.com/v1", "ServiceMonitor", "servicemonitors", {
  spec: { selector: { matchLabels: labels }, endpoints: [{ port: "metrics", followRedirects: false }] },
});
const address = { addresses: ["192.0.2.1"] };

export const reaches: readonly Reach[] = [
  ...["pods/none", "services/none"].map(
    (target): Reach => ({
      name: `asks an address by ${target.split("/")[0]}/proxy`,
      rule: "T13",
      givenBy: "edit",
      verb: "get",
      api: core,
      path: `/${target}:${ports.prometheus}/proxy/federate`,
    }),
  ),
  ...["exec?command=id", "attach"].map(
    (part): Reach => ({
      name: `acts inside a pod by pods/${part.split("?")[0]}`,
      rule: "T11",
      givenBy: "edit",
      verb: "create",
      api: core,
      path: `/pods/none/${part}`,
      body: {},
    }),
  ),
  {
    name: "takes a token of an account of its namespace",
    rule: "T11",
    givenBy: "edit",
    verb: "create",
    api: core,
    path: `/serviceaccounts/default/token${dry}`,
    body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} },
  },
  {
    name: "makes an account to which others may have bound something",
    rule: "T11",
    givenBy: "edit",
    ...making("v1", "ServiceAccount", "serviceaccounts", {}),
  },
  {
    name: "opens its pods to everybody",
    rule: "T12",
    givenBy: "edit",
    ...making("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", {
      spec: { podSelector: {}, ingress: [{}] },
    }),
  },
  {
    name: "takes a host of another tenant",
    rule: "T15",
    givenBy: "edit",
    ...making("networking.k8s.io/v1", "Ingress", "ingresses", {
      spec: {
        rules: [{ host: "beta.example.org" }],
        defaultBackend: { service: { name: "attack", port: { number: 80 } } },
      },
    }),
  },
  {
    name: "runs a pod on every node",
    rule: "T14",
    givenBy: "edit",
    ...making("apps/v1", "DaemonSet", "daemonsets", {
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
    }),
  },
  {
    name: "hands its right to write to somebody else",
    rule: "T11",
    givenBy: "admin",
    ...making(`${rbac}/v1`, "RoleBinding", "rolebindings", binds(authorRole.name)),
  },
  {
    name: "makes a role",
    rule: "T11",
    givenBy: "admin",
    ...making(`${rbac}/v1`, "Role", "roles", {
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
    }),
  },
  {
    name: "writes the addresses of a Service",
    rule: "T10",
    givenBy: "cluster-admin",
    ...making("v1", "Endpoints", "endpoints", {
      subsets: [{ addresses: [{ ip: "192.0.2.1" }], ports: [{ port: 80 }] }],
    }),
  },
  {
    name: "writes a slice of the addresses of a Service",
    rule: "T10",
    givenBy: "cluster-admin",
    ...making("discovery.k8s.io/v1", "EndpointSlice", "endpointslices", {
      addressType: "IPv4",
      endpoints: [address],
    }),
  },
  {
    name: "says that a pod has an address of loopback",
    rule: "T13",
    givenBy: "cluster-admin",
    ...changing("Pod", "/pods/none/status", "none", { spec: { containers }, status: { podIP: "127.0.0.1" } }),
  },
  {
    name: "lifts its quota",
    rule: "T12",
    givenBy: "cluster-admin",
    ...changing("ResourceQuota", "/resourcequotas/tenant", "tenant", { spec: { hard: { pods: "1000" } } }),
  },
  {
    name: "runs a Prometheus of its own",
    rule: "P1",
    givenBy: "cluster-admin",
    ...making("monitoring.coreos.com/v1", "Prometheus", "prometheuses", { spec: {} }),
  },
  { name: "makes a monitor for the other tenant", rule: "T11", givenBy: "edit", ...monitor, place: "beta" },
  {
    name: "makes a monitor beside the platform",
    rule: "T11",
    givenBy: "edit",
    ...monitor,
    place: platformNamespace,
  },
  {
    name: "reads the other tenant's secrets as an author",
    rule: "T11",
    givenBy: "edit",
    verb: "get",
    api: core,
    path: "/secrets",
    place: "beta",
  },
];
