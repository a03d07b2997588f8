/** cloud.conf of the cloud controller manager and the Cinder CSI driver. Pure. */
import type { OpenStackClusterConfig } from "../../../config/openstackCluster";
import { cloudConfig } from "./bootstrap";

export interface CloudConfSettings {
  readonly authUrl: string;
  readonly region?: string | undefined;
  readonly credentialId: string;
  readonly credentialSecret: string;
  /** The cloud's certificates are of a private CA, which lies beside this file. */
  readonly privateCa: boolean;
  readonly loadBalancer: boolean;
  readonly loadBalancerProvider: OpenStackClusterConfig["loadBalancerProvider"];
  readonly subnetId: string;
  readonly externalNetworkId: string;
  /** Volumes are in a zone of another name than the machines. */
  readonly volumesElsewhere: boolean;
}

export const cloudConf = (s: CloudConfSettings): string =>
  Object.entries({
    Global: {
      "auth-url": s.authUrl,
      ...(s.region !== undefined && { region: s.region }),
      "application-credential-id": s.credentialId,
      "application-credential-secret": s.credentialSecret,
      ...(s.privateCa && { "ca-file": `${cloudConfig.folder}/${cloudConfig.caKey}` }),
    },
    LoadBalancer: s.loadBalancer
      ? {
          enabled: true,
          "subnet-id": s.subnetId,
          "floating-network-id": s.externalNetworkId,
          "create-monitor": true,
          "lb-provider": s.loadBalancerProvider,
          ...(s.loadBalancerProvider === "ovn" && ovn),
        }
      : { enabled: false },
    BlockStorage: { "ignore-volume-az": s.volumesElsewhere },
    Metadata: { "search-order": "configDrive,metadataService" },
  })
    .map(([section, values]) => `[${section}]\n${Object.entries(values).map(line).join("")}`)
    .join("");

/** It balances by nothing else, and hands clients' addresses on to the node ports, which have to be opened to them then. */
const ovn = { "lb-method": "SOURCE_IP_PORT", "manage-security-groups": true } as const;

const line = ([key, value]: readonly [string, string | boolean]): string =>
  `${key}=${typeof value === "boolean" ? value : `"${value.replace(/[\\"]/g, "\\$&")}"`}\n`;
