/** cloud.conf of the cloud controller manager and the Cinder CSI driver. Pure. */

export interface CloudConfSettings {
  readonly authUrl: string;
  readonly region?: string | undefined;
  readonly credentialId: string;
  readonly credentialSecret: string;
  readonly loadBalancer: boolean;
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
    },
    LoadBalancer: s.loadBalancer
      ? {
          enabled: true,
          "subnet-id": s.subnetId,
          "floating-network-id": s.externalNetworkId,
          "create-monitor": true,
        }
      : { enabled: false },
    BlockStorage: { "ignore-volume-az": s.volumesElsewhere },
    Metadata: { "search-order": "configDrive,metadataService" },
  })
    .map(([section, values]) => `[${section}]\n${Object.entries(values).map(line).join("")}`)
    .join("");

const line = ([key, value]: readonly [string, string | boolean]): string =>
  `${key}=${typeof value === "boolean" ? value : `"${value.replace(/[\\"]/g, "\\$&")}"`}\n`;
