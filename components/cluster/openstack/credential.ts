/** The identity under which the cluster's own controllers act in the cloud: an application credential that can do no more than its roles. */
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { OpenStackClusterConfig } from "../../../config/openstackCluster";
import { cloudConf } from "./cloudConf";

/** Roles that the controllers need, unless the cloud has other names for them. */
export const rolesOf = ({ roles, loadBalancer }: Pick<OpenStackClusterConfig, "roles" | "loadBalancer">) =>
  roles ?? (loadBalancer ? ["member", "load-balancer_member"] : ["member"]);

/** cloud.conf with a credential that is made for it. Secret. */
export function controllersConf(
  name: string,
  args: {
    readonly cluster: string;
    readonly config: OpenStackClusterConfig;
    readonly subnetId: pulumi.Input<string>;
  },
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { cluster, config, subnetId } = args;
  const credential = new openstack.identity.ApplicationCredential(
    `${name}-controllers`,
    {
      name: `${cluster}-controllers`,
      description: "Cloud controller and Cinder CSI of this cluster",
      roles: rolesOf(config),
      // It can make no further credentials.
      unrestricted: false,
    },
    { ...opts, additionalSecretOutputs: ["secret"] },
  );
  return pulumi.secret(
    pulumi
      .all([credential.id, credential.secret, subnetId])
      .apply(([credentialId, credentialSecret, subnet]) =>
        cloudConf({
          authUrl: config.authUrl,
          region: config.region,
          credentialId,
          credentialSecret,
          privateCa: config.caCertificate !== undefined,
          loadBalancer: config.loadBalancer,
          loadBalancerProvider: config.loadBalancerProvider,
          subnetId: subnet,
          externalNetworkId: config.externalNetwork.id,
          volumesElsewhere: config.volumeZone !== undefined,
        }),
      ),
  );
}
