/** The cluster's own network: a subnet, a router to the outside, and the security groups. */
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { OpenStackClusterConfig } from "../../../config/openstackCluster";
import type { AddressPlan } from "./addressPlan";
import { everybody, type GroupName, groupsOf, type Rule, securityRules } from "./securityRules";

export interface NetworkArgs {
  /** Name of the cluster, with which names in the cloud begin. */
  readonly cluster: string;
  readonly config: OpenStackClusterConfig;
  readonly plan: AddressPlan;
}

export class Network extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly subnetId: pulumi.Output<string>;
  private readonly groupIds: GroupIds;
  /** The way outside. Floating IPs need it before they can be bound to a port. */
  readonly uplink: pulumi.Resource;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:cluster:OpenStackNetwork", name, {}, opts);
    const parent = { parent: this };
    const { cluster, config, plan } = args;

    const network = new openstack.networking.Network(`${name}-network`, { name: cluster }, parent);
    const subnet = new openstack.networking.Subnet(
      `${name}-subnet`,
      {
        name: cluster,
        networkId: network.id,
        cidr: plan.cidr,
        ipVersion: 4,
        gatewayIp: plan.gateway,
        allocationPools: [plan.pool],
        dnsNameservers: config.dnsServers,
      },
      parent,
    );
    const router = new openstack.networking.Router(
      `${name}-router`,
      { name: cluster, externalNetworkId: config.externalNetwork.id },
      parent,
    );
    this.uplink = new openstack.networking.RouterInterface(
      `${name}-uplink`,
      { routerId: router.id, subnetId: subnet.id },
      parent,
    );
    this.groupIds = securityGroups(name, args, this);
    this.id = network.id;
    this.subnetId = subnet.id;
    this.registerOutputs({ id: this.id, subnetId: this.subnetId });
  }

  /** The id of a group that is needed, so it is there. */
  groupId(group: GroupName): pulumi.Output<string> {
    return idOf(group, this.groupIds);
  }
}

function securityGroups(name: string, { cluster, config, plan }: NetworkArgs, parent: pulumi.Resource) {
  const groups = groupsOf(config).map((group) => {
    const made = new openstack.networking.SecGroup(
      `${name}-${group}`,
      {
        name: `${cluster}-${group}`,
        description: `${group} of the cluster ${cluster}`,
        // OpenStack's own rules let everything out, over IPv6 too; below stands what this cluster needs.
        deleteDefaultRules: true,
      },
      { parent },
    );
    new openstack.networking.SecGroupRule(
      `${name}-${group}-out`,
      {
        securityGroupId: made.id,
        direction: "egress",
        ethertype: "IPv4",
        remoteIpPrefix: everybody,
        description: "Images, time, names, and the cloud's APIs",
      },
      { parent: made },
    );
    return { group, made };
  });
  const ids: GroupIds = Object.fromEntries(groups.map(({ group, made }) => [group, made.id]));
  for (const rule of securityRules(config, plan)) {
    const owner = groups.find(({ group }) => group === rule.group)?.made;
    if (owner === undefined)
      throw new Error(`rule ${rule.name} is for the group ${rule.group}, which is not made`);
    new openstack.networking.SecGroupRule(
      `${name}-${rule.group}-${rule.name}`,
      { securityGroupId: owner.id, ...ingress(rule, ids) },
      { parent: owner },
    );
  }
  return ids;
}

type GroupIds = Partial<Record<GroupName, pulumi.Output<string>>>;

const ingress = (rule: Rule, ids: GroupIds) => ({
  direction: "ingress",
  ethertype: "IPv4",
  protocol: rule.protocol,
  portRangeMin: rule.ports[0],
  portRangeMax: rule.ports[1],
  description: rule.why,
  ...("cidr" in rule.from
    ? { remoteIpPrefix: rule.from.cidr }
    : { remoteGroupId: idOf(rule.from.group, ids) }),
});

/** A rule without a source would be open to everybody, so a group that is missing ends the program. */
function idOf(group: GroupName, ids: GroupIds): pulumi.Output<string> {
  const id = ids[group];
  if (id === undefined) throw new Error(`there is no security group "${group}": groupsOf leaves it out`);
  return id;
}
