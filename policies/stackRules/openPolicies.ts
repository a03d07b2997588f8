import { objectLabels } from "../../components/names";
import { guardsImage } from "../programSamples";
import type { Fields, Sample } from "../rule";
import { judged, once, type StackResource, type StackRule, seen } from "../stack";
import {
  at,
  fieldsAt,
  fits,
  labelsOf,
  listAt,
  nameOf,
  namespaceOf,
  ofKind,
  type PortName,
  plain,
  portAt,
  textAt,
} from "./parts/objects";
import { answersAnybody } from "./parts/pods";
import { gateway, namespace, object, program, query } from "./parts/samples";
import { answering } from "./parts/services";

/** Labels of the namespaces that are tenants', and of one that is yet to come. */
function tenantLabels(resources: readonly StackResource[]): Fields[] {
  const made = ofKind(resources, "v1/Namespace").flatMap((n) =>
    seen(n, () => (isTenants(n) ? [{ ...labelsOf(n), "kubernetes.io/metadata.name": nameOf(n) }] : [])),
  );
  return [
    ...made,
    { [objectLabels.role]: "tenant", [objectLabels.tenant]: "", "kubernetes.io/metadata.name": "" },
  ];
}

const isTenants = (resource: StackResource): boolean => labelsOf(resource)[objectLabels.role] === "tenant";

/** Whether a peer is a tenant's pod, or anybody. Labels of pods say nothing: tenants write their own. */
function isOutside(peer: unknown, tenants: readonly Fields[]): boolean {
  const cidr = textAt(peer, "ipBlock", "cidr");
  if (cidr !== undefined) return ["0.0.0.0/0", "::/0"].includes(cidr);
  const namespaces = at(peer, "namespaceSelector");
  return namespaces !== undefined && tenants.some((labels) => fits(labels, namespaces));
}

/** The ports at which a rule lets somebody from outside in; undefined stands for every port. */
function portsFromOutside(rule: unknown, tenants: readonly Fields[]): (PortName | undefined)[] {
  const peers = listAt(rule, "from");
  if (peers.length > 0 && !peers.some((peer) => isOutside(peer, tenants))) return [];
  const ports = listAt(rule, "ports");
  return ports.length === 0
    ? [undefined]
    : ports.map((port) => (at(port, "endPort") === undefined ? portAt(port, "port") : undefined));
}

const policy = (app: string, rule: Fields, place = "moat-system"): Sample =>
  object(
    "networking.k8s.io/v1/NetworkPolicy",
    app,
    {
      spec: {
        podSelector: { matchLabels: { app } },
        policyTypes: ["Ingress"],
        ingress: [rule],
      },
    },
    { namespace: place },
  );
const role = (value: string): Fields => ({
  namespaceSelector: { matchLabels: { [objectLabels.role]: value } },
});
const tenants = role("tenant");
const tcp = (port: number | string): Fields => ({ port, protocol: "TCP" });
const both = [program("thanos-query", query), program("read-gateway", ...gateway)];
const prometheus = object("monitoring.coreos.com/v1/Prometheus", "tenants", { spec: {} });
const toPrometheus = (rule: Fields): Sample =>
  object("networking.k8s.io/v1/NetworkPolicy", "prometheus", {
    spec: { podSelector: { matchLabels: { "app.kubernetes.io/instance": "tenants" } }, ingress: [rule] },
  });

export const openPolicies: StackRule = {
  id: "Q2t",
  title: "No policy lets tenants past the gateway",
  why: "A tenant's pod that reaches Prometheus, Thanos, Loki, Tempo or the label proxy itself reads every tenant's data without a token.",
  severity: "critical",
  references: ["https://kubernetes.io/docs/concepts/services-networking/network-policies/"],
  on: ["networking.k8s.io/v1/NetworkPolicy"],
  mend: "Name the programs that need the flow by podSelector, and let tenants reach the port alone at which the gateway asks who it is.",
  check: (resources) => {
    const outside = once(() => tenantLabels(resources));
    const theirs = once(
      () =>
        new Set(
          ofKind(resources, "v1/Namespace")
            .filter((n) => seen(n, () => isTenants(n)))
            .map(nameOf),
        ),
    );
    const stack = answering(resources);
    return judged(ofKind(resources, "networking.k8s.io/v1/NetworkPolicy"), (resource) => {
      const place = namespaceOf(resource);
      // What tenants run themselves is theirs to open.
      if (theirs().has(place)) return [];
      const ports = listAt(resource.props, "spec", "ingress").flatMap((rule) =>
        portsFromOutside(rule, outside()),
      );
      const selector = plain(fieldsAt(resource.props, "spec", "podSelector"));
      const open =
        ports.length > 0 &&
        stack
          .pods(place)
          .some((pods) => fits(pods.labels, selector) && ports.some((port) => answersAnybody(pods, port)));
      return open
        ? [
            `The NetworkPolicy ${nameOf(resource)} lets tenants, or everybody, reach a program that answers without a question. Let them reach the port alone at which the gateway asks who it is, and name other clients by podSelector.`,
          ]
        : [];
    });
  },
  samples: {
    good: [
      [...both, policy("read-gateway", { from: [tenants], ports: [tcp(8443)] })],
      [...both, policy("read-gateway", { from: [tenants], ports: [tcp("https")] })],
      [
        ...both,
        policy("thanos-query", {
          from: [{ podSelector: { matchLabels: { app: "read-gateway" } } }],
          ports: [tcp(10902)],
        }),
      ],
      [...both, policy("thanos-query", { from: [role("platform")] })],
      [
        program("edge", { name: "traefik", image: "traefik:v3" }),
        policy("edge", { from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }),
      ],
      // Whoever reaches a webhook learns what a rule would be told.
      [
        program("webhook", {
          name: "guards",
          image: guardsImage,
          args: ["admit", "--listen-address=0.0.0.0:10250"],
        }),
        policy("webhook", { ports: [tcp(10250)] }),
      ],
      // A tenant's own.
      [
        namespace("alpha", "tenant"),
        object(
          "apps/v1/Deployment",
          "mine",
          { spec: { template: { metadata: { labels: { app: "mine" } }, spec: { containers: [query] } } } },
          { namespace: "alpha" },
        ),
        policy("mine", { from: [tenants] }, "alpha"),
      ],
      [prometheus, toPrometheus({ from: [{ podSelector: {} }], ports: [tcp(9090)] })],
    ],
    bad: [
      [
        program("store", { name: "guards", image: guardsImage, args: ["store", "--label=admit "] }),
        policy("store", { ports: [tcp(10911)] }),
      ],
      [...both, policy("thanos-query", { from: [tenants], ports: [tcp(10902)] })],
      [...both, policy("thanos-query", { ports: [tcp("http")] })],
      [...both, policy("thanos-query", { from: [{ namespaceSelector: {} }] })],
      [
        ...both,
        policy("thanos-query", { from: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }] }),
      ],
      [
        ...both,
        namespace("alpha", "tenant"),
        policy("thanos-query", {
          from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "alpha" } } }],
        }),
      ],
      [
        ...both,
        policy("thanos-query", {
          from: [
            { namespaceSelector: { matchExpressions: [{ key: objectLabels.role, operator: "Exists" }] } },
          ],
        }),
      ],
      // Every port of the gateway's pods, and the enforcer's among them.
      [...both, policy("read-gateway", { from: [tenants] })],
      [...both, policy("read-gateway", { from: [tenants], ports: [tcp(8443), tcp(8080)] })],
      [
        ...both,
        policy("read-gateway", { from: [tenants], ports: [{ port: 8000, endPort: 9000, protocol: "TCP" }] }),
      ],
      [prometheus, toPrometheus({ from: [tenants], ports: [tcp(9090)] })],
    ],
  },
};
