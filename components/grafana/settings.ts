/** grafana.ini: pure. Whatever is not here keeps Grafana's own default. Secrets are read from files. */
import type { EnvironmentConfig } from "../../config";
import type { GrafanaConfig } from "../../config/grafana";
import { toSeconds } from "../../config/quantities";
import { ports } from "../names";
import { organisationMapping, peopleGroups } from "./organisations";
import { authorityFiles, folders, fromFile, secretFiles } from "./places";

export interface GrafanaSettings {
  readonly grafana: GrafanaConfig;
  readonly config: Pick<EnvironmentConfig, "tenants" | "operators" | "thanos">;
  /** Where people reach it: `https://grafana.example.org`. */
  readonly url: string;
  /** Host and port of the read gateway: the only one that data sources may have. */
  readonly gateway: string;
}

type Section = Readonly<Record<string, string | number | boolean>>;

const secret = (file: string): string => fromFile(folders.secrets, file);

/** All sections by name. */
export function sections({ grafana, config, url, gateway }: GrafanaSettings): Record<string, Section> {
  return {
    server: {
      protocol: "https",
      http_port: ports.grafana,
      domain: new URL(url).hostname,
      root_url: `${url}/`,
      cert_file: `${folders.tls}/tls.crt`,
      cert_key: `${folders.tls}/tls.key`,
    },
    database: database(grafana.database),
    security: {
      admin_user: administrator,
      admin_password: secret(secretFiles.adminPassword),
      secret_key: secret(secretFiles.encryptionKey),
      data_source_proxy_whitelist: gateway,
      disable_gravatar: true,
      cookie_secure: true,
      // `strict` would lose the session on the way back from the provider's page.
      cookie_samesite: "lax",
      allow_embedding: false,
      strict_transport_security: true,
      strict_transport_security_max_age_seconds: 31_536_000,
      x_content_type_options: true,
      content_security_policy: true,
      content_security_policy_template: `"""${contentPolicy}"""`,
    },
    // Who logs in does so by the provider or as the administrator; groups are looked at anew once a day.
    users: { allow_sign_up: false, allow_org_create: false, auto_assign_org_role: "None" },
    auth: {
      login_maximum_inactive_lifetime_duration: "8h",
      login_maximum_lifetime_duration: "24h",
    },
    "auth.anonymous": { enabled: false },
    // Passwords are asked for by the page alone, which slows down who guesses.
    "auth.basic": { enabled: false },
    ...(grafana.oidc && { "auth.generic_oauth": oauth(grafana, config) }),
    // Nothing calls home, and nothing is fetched from there.
    analytics: {
      reporting_enabled: false,
      check_for_updates: false,
      check_for_plugin_updates: false,
      feedback_links_enabled: false,
    },
    news: { news_feed_enabled: false },
    plugins: {
      plugin_admin_enabled: false,
      preinstall_disabled: true,
      public_key_retrieval_disabled: true,
    },
    cloud_migration: { enabled: false },
    // Nothing of a tenant is shown to strangers.
    snapshots: { enabled: false, external_enabled: false },
    public_dashboards: { enabled: false },
    // Prometheus evaluates alerts; what Grafana evaluated would be a second, other truth.
    unified_alerting: { enabled: false },
    // Several replicas would need a message queue between them for it.
    live: { max_connections: 0 },
    // A query may take as long as Thanos lets it.
    dataproxy: { timeout: toSeconds(config.thanos.queryTimeout) },
    metrics: { enabled: true },
    log: { mode: "console", level: "info" },
    "log.console": { format: "json" },
  };
}

/** As whom `organisations.sh` asks. */
const administrator = "admin";

/** As Grafana's own, without other sites: no pictures from elsewhere, no calls to grafana.com, in nobody's frame. */
const contentPolicy = [
  "script-src 'self' 'unsafe-eval' 'unsafe-inline' 'strict-dynamic' $NONCE",
  "object-src 'none'",
  "font-src 'self'",
  "style-src 'self' 'unsafe-inline' blob:",
  "img-src 'self' data:",
  "base-uri 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "media-src 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join(";");

function database(config: GrafanaConfig["database"]): Section {
  switch (config.kind) {
    case "volume":
      // With a log beside the file, readers do not wait for who writes.
      return { type: "sqlite3", wal: true };
    case "postgres":
      return {
        type: "postgres",
        host: config.host.includes(":") ? config.host : `${config.host}:5432`,
        name: config.name,
        user: config.user,
        password: secret(secretFiles.databasePassword),
        ssl_mode: "verify-full",
        ...(config.caCertificate !== undefined && {
          ca_cert_path: `${folders.authorities}/${authorityFiles.database}`,
        }),
      };
  }
}

function oauth({ oidc, tenantRole }: GrafanaConfig, config: GrafanaSettings["config"]): Section {
  if (oidc === undefined) return {};
  return {
    enabled: true,
    name: oidc.name,
    client_id: oidc.clientId,
    client_secret: secret(secretFiles.oidcSecret),
    auth_url: oidc.authUrl,
    token_url: oidc.tokenUrl,
    api_url: oidc.userinfoUrl,
    scopes: oidc.scopes.join(" "),
    use_pkce: true,
    // People are made known to Grafana when they come the first time.
    allow_sign_up: true,
    groups_attribute_path: oidc.groupsPath,
    allowed_groups: JSON.stringify(peopleGroups(config)),
    org_attribute_path: oidc.groupsPath,
    org_mapping: JSON.stringify(organisationMapping(config, tenantRole)),
    // Who is in no group of a tenant is not let in.
    role_attribute_strict: true,
    allow_assign_grafana_admin: false,
    ...(oidc.caCertificate !== undefined && {
      tls_client_ca: `${folders.authorities}/${authorityFiles.oidc}`,
    }),
  };
}

/** The file's text. */
export const iniText = (settings: GrafanaSettings): string =>
  Object.entries(sections(settings))
    .map(([name, section]) =>
      [`[${name}]`, ...Object.entries(section).map(([key, value]) => `${key} = ${value}`), ""].join("\n"),
    )
    .join("\n");
