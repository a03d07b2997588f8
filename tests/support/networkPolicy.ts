/** What a set of NetworkPolicies lets through, as the Kubernetes API defines it: a second reading of the walls, to hold them against. */
import { z } from "zod";
import { overlap } from "../../config/quantities";

const labels = z.record(z.string(), z.string());
const selector = z.strictObject({ matchLabels: labels.optional() });
const peer = z.strictObject({
  namespaceSelector: selector.optional(),
  podSelector: selector.optional(),
  ipBlock: z.strictObject({ cidr: z.string(), except: z.array(z.string()).optional() }).optional(),
});
const ports = z
  .array(z.strictObject({ port: z.int(), protocol: z.enum(["TCP", "UDP"]).default("TCP") }))
  .default([]);

export const policySpec = z.strictObject({
  podSelector: selector,
  policyTypes: z.array(z.enum(["Ingress", "Egress"])),
  ingress: z.array(z.strictObject({ from: z.array(peer).optional(), ports })).default([]),
  egress: z.array(z.strictObject({ to: z.array(peer).optional(), ports })).default([]),
});

export type PolicySpec = z.output<typeof policySpec>;
type Peer = z.output<typeof peer>;
type Labels = z.output<typeof labels>;

/** A policy where it stands. */
export interface Policy {
  readonly namespace: string;
  readonly spec: PolicySpec;
}

/** One end of a connection: a pod, or an address outside the cluster. */
export interface End {
  readonly address: string;
  readonly pod?: { readonly namespace: string; readonly namespaceLabels: Labels; readonly labels: Labels };
}

export interface Connection {
  readonly from: End;
  readonly to: End;
  readonly port: number;
  readonly protocol?: "TCP" | "UDP";
}

/** True when both the source's and the target's policies allow the connection. A pod that no policy selects is open. */
export const allows = (policies: readonly Policy[], connection: Connection): boolean =>
  sideAllows(policies, connection, "Egress") && sideAllows(policies, connection, "Ingress");

function sideAllows(
  policies: readonly Policy[],
  connection: Connection,
  side: "Ingress" | "Egress",
): boolean {
  const [here, there] =
    side === "Ingress" ? [connection.to, connection.from] : [connection.from, connection.to];
  const { pod } = here;
  if (pod === undefined) return true;
  const walls = policies.filter(
    ({ namespace, spec }) =>
      namespace === pod.namespace &&
      spec.policyTypes.includes(side) &&
      matches(spec.podSelector.matchLabels, pod.labels),
  );
  if (walls.length === 0) return true;
  const doors = walls.flatMap(({ spec }) =>
    side === "Ingress"
      ? spec.ingress.map(({ from, ports }) => ({ peers: from, ports }))
      : spec.egress.map(({ to, ports }) => ({ peers: to, ports })),
  );
  return doors.some(
    (door) =>
      (door.ports.length === 0 ||
        door.ports.some(
          (p) => p.port === connection.port && p.protocol === (connection.protocol ?? "TCP"),
        )) &&
      (door.peers === undefined || door.peers.some((p) => isPeer(p, there, pod.namespace))),
  );
}

function isPeer(peer: Peer, end: End, ownNamespace: string): boolean {
  if (peer.ipBlock !== undefined) {
    const { cidr, except = [] } = peer.ipBlock;
    const own = `${end.address}/32`;
    return overlap(cidr, own) && !except.some((range) => overlap(range, own));
  }
  if (end.pod === undefined) return false;
  const { namespace, namespaceLabels } = end.pod;
  const inNamespace =
    peer.namespaceSelector === undefined
      ? namespace === ownNamespace
      : matches(peer.namespaceSelector.matchLabels, namespaceLabels);
  return inNamespace && matches(peer.podSelector?.matchLabels, end.pod.labels);
}

const matches = (wanted: Labels = {}, found: Labels): boolean =>
  Object.entries(wanted).every(([key, value]) => found[key] === value);
