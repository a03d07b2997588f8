/**
 * A Kubernetes cluster that OpenStack's service Magnum makes and keeps.
 *
 * template (what it is like) → cluster (servers, agents) → further groups of nodes; administrators → API's load balancer → servers
 */
import type * as kubernetes from "@pulumi/kubernetes";
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { MagnumClusterConfig } from "../../config/magnumCluster";
import { madeProvider } from "./madeProvider";
import { clusterLabels, templateLabels } from "./magnum/labels";

export interface MagnumClusterArgs {
  /** Name of the cluster, in the cloud and here. */
  readonly cluster: string;
  readonly config: MagnumClusterConfig;
}

export class MagnumCluster extends pulumi.ComponentResource {
  /** Provider for everything that runs on the cluster. It waits for all groups of nodes. */
  readonly provider: kubernetes.Provider;
  /** Kubeconfig of an administrator, with a certificate that Magnum signed. Secret. */
  readonly kubeconfig: pulumi.Output<string>;

  constructor(name: string, args: MagnumClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:cluster:MagnumCluster", name, {}, opts);
    const { cluster, config } = args;
    const parent = { parent: this };

    const template = new openstack.containerinfra.ClusterTemplate(
      `${name}-template`,
      templateOf(args, keyPairOf(name, args, this)),
      // Magnum refuses to change or delete one that a cluster has. So there is a new one first, then the cluster is upgraded to it.
      { ...parent, replaceOnChanges: ["*"], deleteBeforeReplace: false },
    );
    const made = new openstack.containerinfra.Cluster(
      `${name}-cluster`,
      {
        name: cluster,
        clusterTemplateId: template.id,
        masterCount: config.servers.count,
        masterFlavor: config.servers.flavor,
        nodeCount: config.agents.count,
        flavor: config.agents.flavor,
        createTimeout: config.createTimeout,
        // Said here too, since Magnum would not hear a change in the template: as it is, Pulumi shows a replacement, which `protect` refuses.
        labels: clusterLabels(config),
        mergeLabels: true,
      },
      {
        ...parent,
        protect: config.protect,
        retainOnDelete: config.protect,
        customTimeouts: timeouts(config),
      },
    );
    const groups = Object.entries(config.nodeGroups).map(
      ([group, { flavor, count }]) =>
        new openstack.containerinfra.NodeGroup(
          `${name}-group-${group}`,
          {
            name: group,
            clusterId: made.id,
            flavorId: flavor,
            nodeCount: count,
            minNodeCount: 1,
            role: "worker",
          },
          { ...parent, customTimeouts: timeouts(config) },
        ),
    );

    this.kubeconfig = pulumi.secret(made.kubeconfig.apply(rawConfig));
    this.provider = madeProvider(
      `${name}-kubernetes`,
      { cluster, kubeconfig: this.kubeconfig },
      { ...parent, dependsOn: [made, ...groups] },
    );
    this.registerOutputs({ kubeconfig: this.kubeconfig });
  }
}

function templateOf(
  { cluster, config }: MagnumClusterArgs,
  keyPair: openstack.compute.Keypair | undefined,
): openstack.containerinfra.ClusterTemplateArgs {
  return {
    // Two of them stand side by side during an upgrade; the version tells them apart for people.
    name: `${cluster}-${config.kubernetes}`,
    coe: "kubernetes",
    serverType: "vm",
    image: config.image,
    flavor: config.agents.flavor,
    masterFlavor: config.servers.flavor,
    externalNetworkId: config.externalNetwork,
    ...(config.dnsServers.length > 0 && { dnsNameserver: config.dnsServers.join(",") }),
    // The driver that holds to NetworkPolicies; walls between tenants are of no use without one.
    networkDriver: "calico",
    volumeDriver: "cinder",
    masterLbEnabled: true,
    // Nodes are reached through load balancers only.
    floatingIpEnabled: false,
    ...(keyPair !== undefined && { keypairId: keyPair.name }),
    labels: templateLabels(config),
  };
}

/** The key of those who may log in; without one nobody does. */
function keyPairOf(
  name: string,
  { cluster, config }: MagnumClusterArgs,
  parent: pulumi.Resource,
): openstack.compute.Keypair | undefined {
  const { sshPublicKey: publicKey } = config;
  if (publicKey === undefined) return undefined;
  return new openstack.compute.Keypair(`${name}-key-pair`, { name: cluster, publicKey }, { parent });
}

/** Longer than Magnum itself waits, so that its own word on the cause is what people read. An upgrade takes nodes one by one. */
export function timeouts({ createTimeout }: MagnumClusterConfig): pulumi.CustomTimeouts {
  const patient = `${createTimeout + 15}m`;
  return { create: patient, update: patient, delete: patient };
}

/** The whole kubeconfig, which the provider hands over beside its parts. */
function rawConfig(parts: Readonly<Record<string, string>>): string {
  const { raw_config: whole } = parts;
  if (whole === undefined)
    throw new Error(
      "Magnum gave no kubeconfig: look whether its certificates can be read: openstack coe ca show <cluster>",
    );
  return whole;
}
