/** Where Grafana's container sees its files. */
export const folders = {
  /** Settings, templates of provisioning files, the script. */
  config: "/etc/grafana-config",
  /** One file for each secret setting. */
  secrets: "/etc/grafana-secrets",
  /** One certificate and key for each tenant, and what goes into the namespace header. */
  readers: "/etc/grafana-readers",
  /** Its own certificate and the private CA. */
  tls: "/etc/grafana-tls",
  /** Certificates of private authorities outside the cluster. */
  authorities: "/etc/grafana-authorities",
  /** Provisioning files with the ids of organisations in them. Written at the start of a pod. */
  provisioning: "/etc/grafana-provisioning",
  dashboards: "/etc/grafana-dashboards",
  data: "/var/lib/grafana",
} as const;

export const files = {
  settings: "grafana.ini",
  script: "organisations.sh",
  /** Names of organisations, one a line. */
  organisations: "organisations",
} as const;

/** Files of `folders.secrets`. */
export const secretFiles = {
  adminPassword: "admin-password",
  encryptionKey: "encryption-key",
  databasePassword: "database-password",
  oidcSecret: "oidc-client-secret",
} as const;

/** Files of `folders.authorities`. */
export const authorityFiles = { database: "database.crt", oidc: "oidc.crt" } as const;

/** Files of `folders.readers`. */
export const readerFiles = (tenant: string) =>
  ({
    certificate: `${tenant}.crt`,
    key: `${tenant}.key`,
    /** The namespace at one place of the tenant's list. */
    namespace: (place: number) => `${tenant}.namespace-${place}`,
  }) as const;

/** A value that Grafana reads from a file, in its settings and in provisioning files. */
export const fromFile = (folder: string, file: string): string => `$__file{${folder}/${file}}`;
