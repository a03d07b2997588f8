/** A machine with a floating IP that passes administrators' SSH on to the others: `ssh -J`. */
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { OpenStackClusterConfig } from "../../../config/openstackCluster";
import type { AddressPlan } from "./addressPlan";
import { bastionCloudInit } from "./cloudInit";
import type { Network } from "./network";

export interface BastionArgs {
  /** Name of the cluster, with which names in the cloud begin. */
  readonly cluster: string;
  /** Name of its flavour. */
  readonly flavor: string;
  readonly config: OpenStackClusterConfig;
  readonly plan: AddressPlan;
  readonly network: Network;
  readonly keyPair: openstack.compute.Keypair;
}

export class Bastion extends pulumi.ComponentResource {
  /** Its address outside. */
  readonly address: pulumi.Output<string>;

  constructor(name: string, args: BastionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:cluster:OpenStackBastion", name, {}, opts);
    const parent = { parent: this };
    const { cluster, flavor, config, plan, network, keyPair } = args;
    const machineName = `${cluster}-bastion`;
    const port = new openstack.networking.Port(
      `${name}-port`,
      {
        name: machineName,
        networkId: network.id,
        fixedIps: [{ subnetId: network.subnetId, ipAddress: plan.bastion }],
        securityGroupIds: [network.groupId("bastion")],
      },
      parent,
    );
    new openstack.compute.Instance(
      `${name}-machine`,
      {
        name: machineName,
        availabilityZone: config.zones[0] ?? "nova",
        flavorName: flavor,
        imageId: config.image,
        keyPair: keyPair.name,
        networks: [{ port: port.id }],
        userData: bastionCloudInit(machineName),
        configDrive: true,
      },
      { ...parent, deleteBeforeReplace: true },
    );
    this.address = new openstack.networking.FloatingIp(
      `${name}-address`,
      { pool: config.externalNetwork.name, portId: port.id, description: `SSH to the cluster ${cluster}` },
      { ...parent, dependsOn: network.uplink },
    ).address;
    this.registerOutputs({ address: this.address });
  }
}
