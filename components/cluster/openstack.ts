/**
 * A Kubernetes cluster on OpenStack, from nothing: virtual machines with k3s, hardened, with the cloud's load balancers and volumes.
 *
 * administrators → API address → servers (etcd) ← agents; everybody → edge → agents; machines → router → outside
 */
import type * as kubernetes from "@pulumi/kubernetes";
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { OpenStackClusterConfig } from "../../config/openstackCluster";
import { madeProvider } from "./madeProvider";
import { addressPlan } from "./openstack/addressPlan";
import { Authority } from "./openstack/authority";
import { Bastion } from "./openstack/bastion";
import { controllersConf } from "./openstack/credential";
import { Entrances } from "./openstack/entrances";
import { kubeconfigOf } from "./openstack/kubeconfig";
import { dataVolumesOf, hostGroup, portsOf } from "./openstack/machines";
import { Network } from "./openstack/network";
import { nodesOf } from "./openstack/nodes";
import { type Readiness, untilReady } from "./openstack/readiness";
import { rollOut } from "./openstack/rollout";
import { apiPort } from "./openstack/securityRules";

export interface OpenStackClusterArgs {
  /** Name of the cluster, with which names in the cloud begin. */
  readonly cluster: string;
  readonly config: OpenStackClusterConfig;
  /** Waits for a machine to be a node. Default: asks the Kubernetes API, for 20 minutes. */
  readonly readiness?: Readiness | undefined;
}

export class OpenStackCluster extends pulumi.ComponentResource {
  /** Provider for everything that runs on the cluster. It waits for the nodes. */
  readonly provider: kubernetes.Provider;
  /** Kubeconfig of an administrator. Secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Addresses outside of the edge; empty where its Service gets a load balancer of its own. */
  readonly edgeAddresses: readonly pulumi.Output<string>[];
  /** Address of the bastion, if there is one. */
  readonly bastionAddress: pulumi.Output<string> | undefined;

  constructor(name: string, args: OpenStackClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:cluster:OpenStackCluster", name, {}, opts);
    const parent = { parent: this };
    const { cluster, config } = args;
    const plan = addressPlan(config.cidr, { servers: config.servers.count, agents: config.agents.count });
    const nodes = nodesOf(cluster, config, plan);

    const network = new Network(`${name}-network`, { cluster, config, plan }, parent);
    const portOf = portsOf(name, { network, nodes }, parent);
    const entrances = new Entrances(
      `${name}-entrances`,
      { cluster, config, plan, network, nodes, portOf },
      parent,
    );
    const authority = new Authority(`${name}-authority`, { cluster }, parent);
    const keyPair = keyPairOf(name, args, this);

    const ready = rollOut(
      name,
      {
        cluster,
        config,
        plan,
        nodes,
        keyPair,
        portOf,
        entrances,
        authority,
        hosts: {
          server: hostGroup(name, { cluster, role: "server", config }, parent),
          agent: hostGroup(name, { cluster, role: "agent", config }, parent),
        },
        dataVolumes: dataVolumesOf(name, { config, nodes }, parent),
        controllersConf: controllersConf(name, { cluster, config, subnetId: network.subnetId }, parent),
        readiness: args.readiness ?? untilReady,
      },
      parent,
    );
    this.kubeconfig = administratorOf(cluster, entrances, authority);
    this.provider = madeProvider(
      `${name}-kubernetes`,
      { cluster, kubeconfig: this.kubeconfig },
      { parent: this, dependsOn: ready },
    );
    this.edgeAddresses = entrances.edgeAddresses;
    this.bastionAddress =
      config.bastion === undefined || keyPair === undefined
        ? undefined
        : new Bastion(
            `${name}-bastion`,
            { cluster, flavor: config.bastion.flavor, config, plan, network, keyPair },
            parent,
          ).address;
    this.registerOutputs({ kubeconfig: this.kubeconfig, bastionAddress: this.bastionAddress });
  }
}

/** The key of those who may log in; without one nobody does. */
function keyPairOf(
  name: string,
  { cluster, config }: OpenStackClusterArgs,
  parent: pulumi.Resource,
): openstack.compute.Keypair | undefined {
  const { sshPublicKey: publicKey } = config;
  if (publicKey === undefined) return undefined;
  return new openstack.compute.Keypair(`${name}-key-pair`, { name: cluster, publicKey }, { parent });
}

/** Known from the state alone: nobody fetches it from a machine. */
const administratorOf = (
  cluster: string,
  { apiAddress }: Entrances,
  { serverCa, administrator }: Authority,
): pulumi.Output<string> =>
  pulumi.secret(
    pulumi
      .all([apiAddress, serverCa.certificate, administrator.certificate, administrator.key])
      .apply(([address, ca, certificate, key]) =>
        kubeconfigOf({
          name: cluster,
          server: `https://${address}:${apiPort}`,
          serverCa: ca,
          certificate,
          key,
        }),
      ),
  );
