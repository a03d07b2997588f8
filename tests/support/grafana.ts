/** An environment with Grafana for tests, as large as it gets. */
import type { GrafanaConfig } from "../../config/grafana";
import { schema } from "../../config/schema";
import { environment } from "./environment";

/** Grafana of the given configuration, defaults filled in. */
export function grafanaConfig(given: object): GrafanaConfig {
  const grafana = schema.shape.grafana.parse({ kind: "inCluster", ...given });
  if (grafana.kind === "none") throw new Error("there is no Grafana");
  return grafana;
}

export const certificate = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";

export const postgres = {
  kind: "postgres",
  host: "db.example.org:5433",
  cidrs: ["10.9.0.0/24"],
  caCertificate: certificate,
};

export const oidc = {
  name: "Example",
  clientId: "grafana",
  authUrl: "https://id.example.org/authorize",
  tokenUrl: "https://id.example.org:8443/token",
  userinfoUrl: "https://id.example.org/userinfo",
  cidrs: ["198.51.100.0/24"],
  caCertificate: certificate,
};

const tenantSchema = schema.shape.tenants.unwrap().valueType;
const tenant = (name: string, namespaces: readonly [string, ...string[]], groups: readonly string[]) => ({
  ...tenantSchema.parse({ groups }),
  name,
  namespaces,
});

/** Two tenants, one of them with two namespaces, and operators. */
export const withTenants = {
  ...environment({ operators: { groups: ["ops"] } }),
  tenants: [
    tenant("alpha", ["alpha", "alpha-jobs"], ["alpha-team", "corp:alpha", "system:serviceaccounts:alpha"]),
    tenant("beta", ["beta"], ["beta-team"]),
  ],
};
