import { objectLabels } from "../../components/names";
import type { Fields, Sample } from "../rule";
import { judged, once, type StackResource, type StackRule, seen } from "../stack";
import {
  at,
  labelsOf,
  listAt,
  nameOf,
  namespaceOf,
  ofKind,
  ofKinds,
  takesAll,
  templateKinds,
  textAt,
} from "./parts/objects";
import { operatedKinds, podsOf, runsOpenProgram } from "./parts/pods";
import { namespace, object, program, query } from "./parts/samples";

type Direction = "Ingress" | "Egress";

type Walls = ReadonlyMap<string, readonly StackResource[]>;

/** The policies that hold for all pods of their namespace, by namespace. */
function wallsOf(resources: readonly StackResource[]): Walls {
  const walls = new Map<string, StackResource[]>();
  for (const policy of ofKind(resources, "networking.k8s.io/v1/NetworkPolicy")) {
    const name = seen(policy, () =>
      takesAll(at(policy.props, "spec", "podSelector")) ? namespaceOf(policy) : undefined,
    );
    if (name !== undefined) walls.set(name, [...(walls.get(name) ?? []), policy]);
  }
  return walls;
}

/** Whether a policy closes a direction but for what it names. Without `policyTypes` it closes the second one only if it names something. */
function closes({ props }: StackResource, direction: Direction): boolean {
  const types = listAt(props, "spec", "policyTypes");
  return types.length > 0
    ? types.includes(direction)
    : direction === "Ingress" || at(props, "spec", "egress") !== undefined;
}

/** Whether a policy names everybody: a rule without peers, every address, or every namespace. */
const opens = ({ props }: StackResource, direction: Direction): boolean => {
  const [rules, peers] = direction === "Ingress" ? ["ingress", "from"] : ["egress", "to"];
  return listAt(props, "spec", rules).some((rule) => {
    const named = listAt(rule, peers);
    return named.length === 0 || named.some(everybody);
  });
};

function everybody(peer: unknown): boolean {
  const cidr = textAt(peer, "ipBlock", "cidr");
  if (cidr !== undefined)
    return ["0.0.0.0/0", "::/0"].includes(cidr) && listAt(peer, "ipBlock", "except").length === 0;
  const namespaces = at(peer, "namespaceSelector");
  return namespaces !== undefined && takesAll(namespaces) && takesAll(at(peer, "podSelector"));
}

/** What is wrong with the walls of a namespace. */
function faults(name: string, policies: readonly StackResource[] = []): string[] {
  const directions: readonly Direction[] = ["Ingress", "Egress"];
  const closing = (direction: Direction) =>
    policies.filter((policy) => seen(policy, () => closes(policy, direction)));
  const missing = directions.filter((direction) => closing(direction).length === 0);
  const opened = directions.flatMap((direction) =>
    closing(direction)
      .filter((policy) => seen(policy, () => opens(policy, direction)))
      .map(
        (policy) =>
          `The NetworkPolicy ${nameOf(policy)} of the namespace ${name} lets ${direction === "Ingress" ? "everybody reach" : "everything be reached from"} all of its pods. Name peers, and leave private ranges out of 0.0.0.0/0.`,
      ),
  );
  return [
    ...(missing.length === 0
      ? []
      : [
          `The namespace ${name} has no NetworkPolicy that denies ${missing.join(" and ").toLowerCase()} by default. Add one with podSelector {} and policyTypes [Ingress, Egress], and a policy for each flow that is needed.`,
        ]),
    ...opened,
  ];
}

/** Kinds that may run an open program in a namespace that the stack does not make. */
const programKinds = [...templateKinds, "v1/Pod", ...operatedKinds] as const;

const wall = (spec: Fields, name = "alpha"): Sample =>
  object(
    "networking.k8s.io/v1/NetworkPolicy",
    "wall",
    { spec: { podSelector: {}, ...spec } },
    { namespace: name },
  );
const both = { policyTypes: ["Ingress", "Egress"] };
const alpha = namespace("alpha", "tenant");
const shop = namespace("shop", "other");
const own = { namespaceSelector: { matchLabels: { [objectLabels.tenant]: "alpha" } } };
const inShop = { namespace: "shop" };
const thanos = (kind: (typeof templateKinds)[number], metadata: Fields = {}): Sample =>
  object(
    kind,
    "query",
    { spec: { template: { metadata: { labels: { app: "query" } }, spec: { containers: [query] } } } },
    metadata,
  );

export const defaultDeny: StackRule = {
  id: "Q2s",
  title: "The namespaces of the platform and of tenants are closed both ways",
  why: "Pods talk to pods in every namespace until a policy forbids it: a tenant's pod asks Prometheus itself, around every gateway.",
  severity: "critical",
  references: [
    "https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-ingress-and-all-egress-traffic",
  ],
  on: ["v1/Namespace", ...programKinds],
  mend: "Add a NetworkPolicy with podSelector {} and policyTypes [Ingress, Egress] to the namespace, and one for each flow that is needed.",
  check: (resources) => {
    const namespaces = ofKind(resources, "v1/Namespace");
    const made = once(() => new Set(namespaces.map((n) => seen(n, () => nameOf(n)))));
    const walls = once(() => wallsOf(resources));
    const pods = once(() => podsOf(resources));
    const byOwner = once(() => new Map(pods().map((p) => [p.owner, p])));
    /** The first program of each namespace answers for it. */
    const first = once(
      () =>
        new Map(
          pods()
            .toReversed()
            .filter(runsOpenProgram)
            .map((p) => [p.namespace, p]),
        ),
    );
    return [
      ...judged(namespaces, (resource) => {
        const name = nameOf(resource);
        const role = String(labelsOf(resource)[objectLabels.role]);
        const held =
          ["platform", "tenant"].includes(role) ||
          pods().some((p) => p.namespace === name && runsOpenProgram(p));
        return held ? faults(name, walls().get(name)) : [];
      }),
      ...judged(ofKinds(resources, programKinds), (resource) => {
        const own = byOwner().get(resource);
        if (own === undefined || made().has(own.namespace) || first().get(own.namespace) !== own) return [];
        return faults(own.namespace, walls().get(own.namespace));
      }),
    ];
  },
  samples: {
    good: [
      [alpha, wall(both)],
      [
        alpha,
        wall({
          ...both,
          ingress: [{ from: [own] }],
          egress: [{ to: [own] }, { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }] }],
        }),
      ],
      [alpha, wall({ policyTypes: ["Ingress"] }), wall({ policyTypes: ["Egress"] })],
      [alpha, wall({ ingress: [], egress: [] })],
      [namespace("moat-system", "platform"), wall(both, "moat-system"), program("query", query)],
      [thanos("apps/v1/Deployment", inShop), wall(both, "shop")],
      [shop],
    ],
    bad: [
      [alpha, wall(both, "beta")],
      [namespace("moat-system", "platform"), wall({ policyTypes: ["Ingress"] }, "moat-system")],
      [alpha, wall({ policyTypes: ["Egress"] })],
      // Without policyTypes it says nothing of what goes out.
      [alpha, wall({ ingress: [] })],
      [alpha, wall({ ...both, podSelector: { matchLabels: { app: "web" } } })],
      [alpha, wall({ ...both, ingress: [{}] })],
      [alpha, wall({ ...both, ingress: [{ from: [{ namespaceSelector: {} }] }] })],
      [alpha, wall({ ...both, egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }] })],
      [shop, wall({ policyTypes: ["Ingress"] }, "shop"), thanos("apps/v1/StatefulSet", inShop)],
      ...templateKinds.map((kind) => [thanos(kind), wall({ policyTypes: ["Ingress"] }, "moat-system")]),
      [object("v1/Pod", "query", { spec: { containers: [query] } }), wall({ ingress: [] }, "moat-system")],
      ...operatedKinds.map((kind) => [
        object(kind, "main", { spec: {} }),
        wall({ ingress: [] }, "moat-system"),
      ]),
    ],
  },
};
