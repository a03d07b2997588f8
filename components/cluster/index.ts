/** The cluster that the configuration asks for. */
import * as aws from "@pulumi/aws";
import type * as kubernetes from "@pulumi/kubernetes";
import * as openstack from "@pulumi/openstack";
import type * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../config";
import type { ClusterDns } from "../../config/clusterDns";
import { EksCluster } from "./eks";
import { tagsOf } from "./eks/tags";
import { ExistingCluster } from "./existing";
import { checkExistingCluster } from "./existing/check";
import { MagnumCluster } from "./magnum";
import { OpenStackCluster } from "./openstack";

/** What the rest of an environment asks of a cluster, whoever made it. */
export interface Cluster {
  /** Provider for everything that runs on the cluster. */
  readonly provider: kubernetes.Provider;
  /** Kubeconfig of an administrator, secret, where the environment made the cluster itself. */
  readonly kubeconfig?: pulumi.Output<string> | undefined;
  /** Addresses to which the edge's names must resolve, where its Service does not say so itself. */
  readonly edgeAddresses?: readonly pulumi.Output<string>[];
  /** Whom its pods ask for names. Default: the pods `k8s-app=kube-dns` of `kube-system`. */
  readonly dns?: ClusterDns | undefined;
  /** Provider for what else the environment makes in the cluster's cloud. Default: that of the program's surroundings. */
  readonly cloud?: Readonly<Record<string, pulumi.ProviderResource>>;
}

type ClusterConfig = Pick<
  EnvironmentConfig,
  "cluster" | "clusterName" | "kubeconfigPath" | "platformNamespace" | "storageClass" | "tenants"
>;

export function clusterFor(
  name: string,
  { config }: { readonly config: ClusterConfig },
  opts?: pulumi.ComponentResourceOptions,
): Cluster {
  const { cluster, clusterName, kubeconfigPath } = config;
  switch (cluster.kind) {
    case "existing": {
      const { checks, context, crds } = cluster;
      const dns = checks
        ? checkExistingCluster({
            kubeconfigPath,
            context,
            platformNamespace: config.platformNamespace,
            tenants: config.tenants,
            storageClass: config.storageClass,
            dns: cluster.dns,
            crds,
          })
        : cluster.dns;
      const { provider } = new ExistingCluster(name, { kubeconfig: cluster.kubeconfig, context }, opts);
      return { provider, dns };
    }
    case "openstack":
      return inCloud(
        openstackProvider(name, cluster),
        opts,
        (inside) => new OpenStackCluster(name, { cluster: clusterName, config: cluster }, inside),
      );
    case "eks":
      return new EksCluster(
        name,
        {
          cluster: clusterName,
          config: cluster,
          provider: awsProvider(name, cluster.region, clusterName),
        },
        opts,
      );
    case "magnum":
      return inCloud(
        openstackProvider(name, cluster),
        opts,
        (inside) => new MagnumCluster(name, { cluster: clusterName, config: cluster }, inside),
      );
  }
}

/** Containers and records are made as the same user, in the same project. */
function inCloud(
  cloud: openstack.Provider,
  opts: pulumi.ComponentResourceOptions | undefined,
  make: (opts: pulumi.ComponentResourceOptions) => Cluster,
): Cluster {
  const { provider, kubeconfig, edgeAddresses } = make({ ...opts, providers: { openstack: cloud } });
  return { provider, kubeconfig, ...(edgeAddresses && { edgeAddresses }), cloud: { openstack: cloud } };
}

/** Credentials of the named cloud, or of the `OS_*` variables. */
const openstackProvider = (
  name: string,
  { cloud, region }: { readonly cloud?: string | undefined; readonly region?: string | undefined },
): openstack.Provider =>
  new openstack.Provider(`${name}-openstack`, {
    ...(cloud !== undefined && { cloud }),
    ...(region !== undefined && { region }),
  });

/** Everything that it makes is tagged. */
const awsProvider = (name: string, region: string, cluster: string): aws.Provider =>
  new aws.Provider(`${name}-aws`, { region, defaultTags: { tags: { ...tagsOf(cluster) } } });
