/**
 * The ways in from outside: an address for the Kubernetes API, and addresses for the edge where the cluster has no load balancers.
 *
 * administrators → floating IP → load balancer → servers; or, without Octavia's amphorae: → floating IP → first server
 */
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { OpenStackClusterConfig } from "../../../config/openstackCluster";
import type { AddressPlan } from "./addressPlan";
import type { Network } from "./network";
import { edgeAgents, type Node } from "./nodes";
import { apiIsBalanced, apiPort } from "./securityRules";

export interface EntrancesArgs {
  /** Name of the cluster, with which names in the cloud begin. */
  readonly cluster: string;
  readonly config: OpenStackClusterConfig;
  readonly plan: AddressPlan;
  readonly network: Network;
  readonly nodes: readonly Node[];
  /** Port of a node, by its name. */
  readonly portOf: (node: Node) => openstack.networking.Port;
}

export class Entrances extends pulumi.ComponentResource {
  /** Address outside of the Kubernetes API. */
  readonly apiAddress: pulumi.Output<string>;
  /** Addresses outside of the edge; empty where its Service has a load balancer of its own. */
  readonly edgeAddresses: readonly pulumi.Output<string>[];

  constructor(name: string, args: EntrancesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:cluster:OpenStackEntrances", name, {}, opts);
    const { cluster, config, network, nodes, portOf } = args;
    const floatingIp = (part: string, portId: pulumi.Input<string>) =>
      new openstack.networking.FloatingIp(
        `${name}-${part}`,
        { pool: config.externalNetwork.name, portId, description: `${part} of the cluster ${cluster}` },
        // A port is reached from outside only over a router that stands.
        { parent: this, dependsOn: network.uplink },
      ).address;
    const [first] = nodes;
    if (first === undefined) throw new Error("a cluster has at least one server");

    this.apiAddress = floatingIp(
      "api",
      apiIsBalanced(config) ? loadBalancer(name, args, this).vipPortId : portOf(first).id,
    );
    this.edgeAddresses = config.loadBalancer
      ? []
      : edgeAgents(nodes).map((node) => floatingIp(`edge-${node.index}`, portOf(node).id));
    this.registerOutputs({ apiAddress: this.apiAddress });
  }
}

/** Who may ask the API through the load balancer: the ranges of administrators, and the machines. */
export const apiClients = (config: OpenStackClusterConfig, plan: AddressPlan): string[] => [
  ...new Set([...config.adminCidrs, plan.cidr]),
];

/** TLS goes through to the API servers, which ask for client certificates. */
function loadBalancer(
  name: string,
  { cluster, config, plan, network, nodes }: EntrancesArgs,
  parent: pulumi.Resource,
) {
  const balancer = new openstack.loadbalancer.LoadBalancer(
    `${name}-api-balancer`,
    {
      name: `${cluster}-api`,
      vipSubnetId: network.subnetId,
      vipAddress: plan.api,
      // Clouds may have another default, whose methods of balancing and lists of clients differ.
      loadbalancerProvider: config.loadBalancerProvider,
    },
    // One that stands keeps its provider, which may be this one by another name (`octavia`): a second one cannot have its address.
    { parent, ignoreChanges: ["loadbalancerProvider"] },
  );
  const inside = { parent: balancer };
  const pool = new openstack.loadbalancer.Pool(
    `${name}-api-pool`,
    { name: `${cluster}-api`, loadbalancerId: balancer.id, protocol: "TCP", lbMethod: "ROUND_ROBIN" },
    inside,
  );
  const monitor = new openstack.loadbalancer.Monitor(
    `${name}-api-monitor`,
    { name: `${cluster}-api`, poolId: pool.id, type: "TCP", delay: 5, timeout: 3, maxRetries: 2 },
    inside,
  );
  // Octavia changes one thing of a load balancer at a time and refuses the others meanwhile, so they wait for each other.
  let previous: pulumi.Resource = monitor;
  for (const node of nodes.filter(({ role }) => role === "server")) {
    previous = new openstack.loadbalancer.Member(
      `${name}-api-member-${node.index}`,
      {
        name: node.name,
        poolId: pool.id,
        address: node.address,
        protocolPort: apiPort,
        subnetId: network.subnetId,
      },
      { ...inside, dependsOn: previous },
    );
  }
  new openstack.loadbalancer.Listener(
    `${name}-api-listener`,
    {
      name: `${cluster}-api`,
      loadbalancerId: balancer.id,
      protocol: "TCP",
      protocolPort: apiPort,
      defaultPoolId: pool.id,
      allowedCidrs: apiClients(config, plan),
      // kubectl logs -f and watches may be silent for long.
      timeoutClientData: tenMinutes,
      timeoutMemberData: tenMinutes,
    },
    { ...inside, dependsOn: previous },
  );
  return balancer;
}

const tenMinutes = 600_000;
