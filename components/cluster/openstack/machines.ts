/**
 * The virtual machines of the cluster: ports and volumes that stay, and machines on them that may be replaced, one at a time. A machine
 * goes before its successor comes, as both have the same address and the same data volume.
 */
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { OpenStackClusterConfig } from "../../../config/openstackCluster";
import type { AddressPlan } from "./addressPlan";
import type { Files } from "./bootstrap";
import { cloudInit } from "./cloudInit";
import type { Network } from "./network";
import type { Node, Role } from "./nodes";

/** Ports of all nodes by name: each at its planned address, in the group of its role. */
export function portsOf(
  name: string,
  { network, nodes }: { readonly network: Network; readonly nodes: readonly Node[] },
  opts: pulumi.CustomResourceOptions,
): (node: Node) => openstack.networking.Port {
  const ports = new Map(
    nodes.map((node) => [
      node.name,
      new openstack.networking.Port(
        `${name}-${node.role}-${node.index}-port`,
        {
          name: node.name,
          networkId: network.id,
          fixedIps: [{ subnetId: network.subnetId, ipAddress: node.address }],
          securityGroupIds: [network.groupId(node.role === "server" ? "servers" : "agents")],
        },
        opts,
      ),
    ]),
  );
  return (node) => {
    const port = ports.get(node.name);
    if (port === undefined) throw new Error(`${node.name} has no port`);
    return port;
  };
}

/** Volumes of the servers by name of the node. They hold the whole state of the cluster. */
export function dataVolumesOf(
  name: string,
  { config, nodes }: { readonly config: OpenStackClusterConfig; readonly nodes: readonly Node[] },
  opts: pulumi.CustomResourceOptions,
): ReadonlyMap<string, openstack.blockstorage.Volume> {
  const kept = { protect: config.protect, retainOnDelete: config.protect };
  return new Map(
    nodes
      .filter(({ role }) => role === "server")
      .map((node) => [
        node.name,
        new openstack.blockstorage.Volume(
          `${name}-server-${node.index}-data`,
          {
            name: `${node.name}-data`,
            description: "etcd and the keys of the cluster",
            size: config.servers.dataVolume,
            availabilityZone: config.volumeZone ?? node.zone,
            enableOnlineResize: true,
            ...(config.volumeType !== undefined && { volumeType: config.volumeType }),
          },
          { ...opts, ...kept },
        ),
      ]),
  );
}

/** Keeps machines of one role off each other's hosts. */
export function hostGroup(
  name: string,
  args: { readonly cluster: string; readonly role: Role; readonly config: OpenStackClusterConfig },
  opts: pulumi.CustomResourceOptions,
): openstack.compute.ServerGroup {
  const { cluster, role, config } = args;
  const { antiAffinity } = role === "server" ? config.servers : config.agents;
  return new openstack.compute.ServerGroup(
    `${name}-${role}-hosts`,
    {
      name: `${cluster}-${role}s`,
      policies: [antiAffinity === "strict" ? "anti-affinity" : "soft-anti-affinity"],
    },
    opts,
  );
}

export interface MachineArgs {
  readonly cluster: string;
  readonly node: Node;
  readonly config: OpenStackClusterConfig;
  readonly plan: AddressPlan;
  readonly port: openstack.networking.Port;
  readonly hosts: openstack.compute.ServerGroup;
  readonly keyPair: openstack.compute.Keypair | undefined;
  readonly dataVolume: openstack.blockstorage.Volume | undefined;
  /** Files with the machine's secrets. */
  readonly secrets: pulumi.Input<Files>;
}

/** One machine, once what `after` stands for is done. */
export function machine(
  name: string,
  args: MachineArgs,
  after: pulumi.Input<pulumi.Resource>,
  opts: pulumi.CustomResourceOptions,
): openstack.compute.Instance {
  const { cluster, node, config, plan, port, hosts, keyPair, dataVolume } = args;
  const { flavor, bootVolume } = node.role === "server" ? config.servers : config.agents;
  return new openstack.compute.Instance(
    `${name}-${node.role}-${node.index}`,
    {
      name: node.name,
      availabilityZone: node.zone,
      flavorName: flavor,
      networks: [{ port: port.id }],
      schedulerHints: [{ group: hosts.id }],
      blockDevices: [
        {
          uuid: config.image,
          sourceType: "image",
          destinationType: "volume",
          bootIndex: 0,
          volumeSize: bootVolume,
          deleteOnTermination: true,
          ...(config.volumeType !== undefined && { volumeType: config.volumeType }),
        },
        ...(dataVolume === undefined
          ? []
          : [
              {
                uuid: dataVolume.id,
                sourceType: "volume",
                destinationType: "volume",
                bootIndex: -1,
                deleteOnTermination: false,
              },
            ]),
      ],
      // Nova takes no injected files (`personality`) from its API 2.57 on, which a type of volume needs.
      userData: pulumi.secret(
        pulumi.output(args.secrets).apply((secrets) => cloudInit({ cluster, node, config, plan, secrets })),
      ),
      configDrive: true,
      stopBeforeDestroy: true,
      ...(keyPair !== undefined && { keyPair: keyPair.name }),
    },
    { ...opts, deleteBeforeReplace: true, dependsOn: after },
  );
}
