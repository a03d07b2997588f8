/** Grafana as a plain description: before it, in each pod, the organisations are made. */
import type { Input } from "@pulumi/pulumi";
import type { GrafanaConfig } from "../../config/grafana";
import { grafanaImages } from "../../versions";
import { ports, programs } from "../names";
import { resourcesFor, type Size } from "../workload/sizes";
import type { Container, Mount, Volume, Workload } from "../workload/workload";
import { authorityFiles, files, folders, secretFiles } from "./places";

export interface GrafanaParts {
  readonly database: GrafanaConfig["database"];
  readonly size: Size;
  readonly storageClass?: string | undefined;
  /** Secret with Grafana's own certificate. */
  readonly certificate: Input<string>;
  /** Secret with a file for each secret setting. */
  readonly secrets: Input<string>;
  /** Secret with the tenants' certificates. */
  readonly readers: Input<string>;
  /** ConfigMap with settings, templates and the script. */
  readonly settings: Input<string>;
  readonly dashboards: Input<string>;
  /** ConfigMap with certificates of authorities outside the cluster. */
  readonly authorities: Input<string>;
  readonly restartOn: Input<string>;
}

/** User of the image. */
const grafanaUser = 472;

export function grafana(parts: GrafanaParts): Workload {
  const { database, size } = parts;
  const resources = resourcesFor(programs.grafana, size);
  const common = { image: grafanaImages.grafana, mounts, resources } as const;
  return {
    name: programs.grafana,
    ...(database.kind === "volume"
      ? { kind: "stateful", replicas: 1 }
      : { kind: "stateless", replicas: database.replicas }),
    user: grafanaUser,
    restartOn: parts.restartOn,
    volumes: [
      { name: "config", type: "configMap", configMap: parts.settings },
      { name: "dashboards", type: "configMap", configMap: parts.dashboards },
      { name: "authorities", type: "configMap", configMap: parts.authorities },
      { name: "secrets", type: "secret", secret: parts.secrets },
      { name: "readers", type: "secret", secret: parts.readers },
      { name: "tls", type: "secret", secret: parts.certificate },
      { name: "provisioning", type: "scratch", sizeLimit: "16Mi" },
      { name: "temporary", type: "scratch", sizeLimit: "256Mi" },
      dataVolume(parts),
    ],
    initContainers: [organisations(common)],
    containers: [
      {
        ...common,
        name: "grafana",
        args: [],
        env: { ...settingsPath, GF_PATHS_PROVISIONING: folders.provisioning },
        ports: [{ name: "https", number: ports.grafana, metrics: { scheme: "https" } }],
        // Ready with its database, alive without it: a restart would not bring that back.
        readiness: { path: "/api/health", port: "https", scheme: "https" },
        liveness: { path: "/healthz", port: "https", scheme: "https" },
      },
    ],
  };
}

const settingsPath = { GF_PATHS_CONFIG: `${folders.config}/${files.settings}` } as const;

/** The same program with the same database, reached by nobody outside the pod, who may ask it by password. */
const organisations = (common: Pick<Container, "image" | "mounts" | "resources">): Container => ({
  ...common,
  name: "organisations",
  command: ["/bin/sh", `${folders.config}/${files.script}`],
  args: ["/run.sh"],
  env: {
    ...settingsPath,
    GF_SERVER_PROTOCOL: "http",
    GF_SERVER_HTTP_ADDR: "127.0.0.1",
    GF_AUTH_BASIC_ENABLED: "true",
    // Its mapping names organisations that are not there yet.
    GF_AUTH_GENERIC_OAUTH_ENABLED: "false",
    GF_PATHS_PROVISIONING: "/tmp/nothing",
    API: `http://127.0.0.1:${ports.grafana}/api`,
    ADMIN_PASSWORD_FILE: `${folders.secrets}/${secretFiles.adminPassword}`,
    PROVISIONING: folders.provisioning,
  },
  ports: [],
});

const mounts: readonly Mount[] = [
  { volume: "config", path: folders.config },
  { volume: "dashboards", path: folders.dashboards },
  { volume: "authorities", path: folders.authorities },
  { volume: "secrets", path: folders.secrets },
  { volume: "readers", path: folders.readers },
  { volume: "tls", path: folders.tls },
  { volume: "provisioning", path: folders.provisioning, readOnly: false },
  { volume: "temporary", path: "/tmp", readOnly: false },
  { volume: "data", path: folders.data, readOnly: false },
];

/** On PostgreSQL nothing in the folder is worth keeping. */
const dataVolume = ({ database, storageClass }: GrafanaParts): Volume =>
  database.kind === "volume"
    ? { name: "data", type: "data", size: database.size, ...(storageClass !== undefined && { storageClass }) }
    : { name: "data", type: "scratch", sizeLimit: "1Gi" };

/** Certificates of private authorities, by file. */
export const authoritiesOf = ({ database, oidc }: GrafanaConfig): Record<string, string> => ({
  ...(database.kind === "postgres" &&
    database.caCertificate !== undefined && { [authorityFiles.database]: database.caCertificate }),
  ...(oidc?.caCertificate !== undefined && { [authorityFiles.oidc]: oidc.caCertificate }),
});
