/** The machines of the cluster: what each is called, where it stands, and who its neighbours are. Pure. */
import type { OpenStackClusterConfig } from "../../../config/openstackCluster";
import type { AddressPlan } from "./addressPlan";

export type Role = "server" | "agent";

export interface Node {
  /** Name of the machine and of the node: `prod-server-0`. It stays when the machine is replaced. */
  readonly name: string;
  readonly role: Role;
  readonly index: number;
  readonly zone: string;
  readonly address: string;
  /** Servers at which it joins the cluster. */
  readonly peers: readonly string[];
}

/** Servers, then agents. Zones are taken in turn, so counts differ by one at most, and growth moves no one. */
export function nodesOf(
  cluster: string,
  config: Pick<OpenStackClusterConfig, "servers" | "agents" | "zones">,
  plan: AddressPlan,
): Node[] {
  const node = (role: Role, address: string, index: number): Node => ({
    name: `${cluster}-${role}-${index}`,
    role,
    index,
    zone: config.zones[index % config.zones.length] ?? "nova",
    address,
    peers: plan.servers.filter((peer) => peer !== address),
  });
  return [
    ...plan.servers.map((address, i) => node("server", address, i)),
    ...plan.agents.map((address, i) => node("agent", address, i)),
  ];
}

/** Agents that have floating IPs for the edge where there are no load balancers: the first of each zone. */
export const edgeAgents = (nodes: readonly Node[]): Node[] => {
  const agents = nodes.filter(({ role }) => role === "agent");
  return agents.filter(({ zone }, i) => agents.findIndex((a) => a.zone === zone) === i);
};
