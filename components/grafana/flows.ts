/** What Grafana needs of the network: lines of the platform's table of flows. */
import type { EnvironmentConfig } from "../../config";
import type { GrafanaConfig } from "../../config/grafana";
import { ports, programs } from "../names";
import { type Flow, flow } from "../tenancy/flow";

const { edge, grafana, readGateway, platformPrometheus } = programs;

export const grafanaFlows = (config: EnvironmentConfig["grafana"]): readonly Flow[] =>
  config.kind === "none"
    ? []
    : [
        ...flow([edge, platformPrometheus], grafana, ports.grafana),
        ...flow(grafana, readGateway, ports.readGateway),
        ...flow(grafana, "dns", 53),
        ...databaseFlows(config.database),
        ...providerFlows(config.oidc),
      ];

const databaseFlows = (database: GrafanaConfig["database"]): Flow[] =>
  database.kind === "postgres" ? flow(grafana, { cidrs: database.cidrs }, databasePort(database.host)) : [];

/** Its page for logging in is opened by browsers, not by Grafana. */
const providerFlows = (oidc: GrafanaConfig["oidc"]): Flow[] =>
  oidc === undefined
    ? []
    : flow(grafana, { cidrs: oidc.cidrs }, ...new Set([oidc.tokenUrl, oidc.userinfoUrl].map(portOf)));

/** Port of `host:port`; PostgreSQL's own when there is none. */
function databasePort(host: string): number {
  const [, port = "5432"] = host.split(":");
  return Number(port);
}

/** Port of `https://host:port/path`. */
function portOf(url: string): number {
  const { port } = new URL(url);
  return port === "" ? 443 : Number(port);
}
