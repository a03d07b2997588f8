/**
 * Who may reach what, as rules of security groups. Pure. Everything that is not said is closed; the world reaches the edge's two ports,
 * and these only where no load balancer stands before them.
 */
import type { OpenStackClusterConfig } from "../../../config/openstackCluster";
import type { AddressPlan } from "./addressPlan";

export const groupNames = ["servers", "agents", "bastion"] as const;
export type GroupName = (typeof groupNames)[number];

/** From whom: another group's machines, or a range of addresses. */
export type Source = { readonly group: GroupName } | { readonly cidr: string };

export interface Rule {
  /** Unique within its group; part of the resource's name. */
  readonly name: string;
  readonly group: GroupName;
  readonly protocol: "tcp" | "udp";
  readonly ports: readonly [first: number, last: number];
  readonly from: Source;
  /** Why it is open. */
  readonly why: string;
}

export const apiPort = 6443;
const etcdPorts = [2379, 2380] as const;
const kubeletPort = 10_250;
/** WireGuard between the nodes, which carries the pods' traffic. */
const overlayPort = 51_820;
const nodePorts = [30_000, 32_767] as const;
const sshPort = 22;

/** The world. */
export const everybody = "0.0.0.0/0";
/** Ports of the edge. The policy pack lets no others be open to all. */
export const edgePorts = [80, 443] as const;

type Settings = Pick<
  OpenStackClusterConfig,
  "adminCidrs" | "loadBalancer" | "loadBalancerProvider" | "bastion"
>;

/** Whether a load balancer stands before the API. That of OVN refuses a list of those who may come, so there the servers' group has it. */
export const apiIsBalanced = ({
  loadBalancer,
  loadBalancerProvider,
}: Pick<Settings, "loadBalancer" | "loadBalancerProvider">): boolean =>
  loadBalancer && loadBalancerProvider !== "ovn";

/** Groups that are needed. */
export const groupsOf = ({ bastion }: Pick<Settings, "bastion">): GroupName[] =>
  groupNames.filter((name) => name !== "bastion" || bastion !== undefined);

/** Every opening, for traffic inwards. */
export function securityRules(settings: Settings, plan: AddressPlan): Rule[] {
  return [
    ...control(plan),
    ...betweenNodes(),
    ...(settings.loadBalancer ? behindLoadBalancer(plan) : edgeItself),
    ...(apiIsBalanced(settings) ? [] : apiItself(settings)),
    ...(settings.bastion === undefined ? [] : bastionRules(settings)),
  ];
}

const port = (number: number): Rule["ports"] => [number, number];

function control({ cidr }: AddressPlan): Rule[] {
  return [
    {
      name: "api",
      group: "servers",
      protocol: "tcp",
      ports: port(apiPort),
      from: { cidr },
      why: "Kubernetes API, for nodes and the load balancer before it",
    },
    {
      name: "etcd",
      group: "servers",
      protocol: "tcp",
      ports: etcdPorts,
      from: { group: "servers" },
      why: "etcd, among servers",
    },
  ];
}

function betweenNodes(): Rule[] {
  const nodes = ["servers", "agents"] as const;
  return nodes.flatMap((group) =>
    nodes.flatMap((from): Rule[] => [
      {
        name: `pods-from-${from}`,
        group,
        protocol: "udp",
        ports: port(overlayPort),
        from: { group: from },
        why: "WireGuard, which carries pods' traffic",
      },
      {
        name: `kubelet-from-${from}`,
        group,
        protocol: "tcp",
        ports: port(kubeletPort),
        from: { group: from },
        why: "Kubelet: logs, exec and metrics",
      },
    ]),
  );
}

/**
 * Octavia's own machines stand in the same range and pass the edge's traffic on to node ports. Who may come is said at them. OVN only looks
 * from there whether a member lives; for its clients the cloud controller opens the ports of each Service.
 */
const behindLoadBalancer = ({ cidr }: AddressPlan): Rule[] => [
  {
    name: "node-ports",
    group: "agents",
    protocol: "tcp",
    ports: nodePorts,
    from: { cidr },
    why: "Node ports, for load balancers before Services",
  },
];

const edgeItself: readonly Rule[] = edgePorts.map((number) => ({
  name: `edge-${number}`,
  group: "agents",
  protocol: "tcp",
  ports: port(number),
  from: { cidr: everybody },
  why: "The edge, for everybody",
}));

const apiItself = ({ adminCidrs }: Settings): Rule[] =>
  adminCidrs.map((cidr, i) => ({
    name: `api-admin-${i}`,
    group: "servers",
    protocol: "tcp",
    ports: port(apiPort),
    from: { cidr },
    why: "Kubernetes API, for administrators",
  }));

const bastionRules = ({ adminCidrs }: Settings): Rule[] => [
  ...adminCidrs.map(
    (cidr, i): Rule => ({
      name: `ssh-admin-${i}`,
      group: "bastion",
      protocol: "tcp",
      ports: port(sshPort),
      from: { cidr },
      why: "SSH, for administrators",
    }),
  ),
  ...(["servers", "agents"] as const).map(
    (group): Rule => ({
      name: "ssh",
      group,
      protocol: "tcp",
      ports: port(sshPort),
      from: { group: "bastion" },
      why: "SSH, from the bastion",
    }),
  ),
];
