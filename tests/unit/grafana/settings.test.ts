/** grafana.ini: who gets in, as whom, and what Grafana leaves alone. */
import { iniText, sections } from "../../../components/grafana/settings";
import { grafanaConfig, oidc, postgres, withTenants } from "../../support/grafana";

const place = {
  config: withTenants,
  url: "https://grafana.example.org:8443",
  gateway: "read-gateway.moat.svc:8443",
};
const large = { ...place, grafana: grafanaConfig({ database: postgres, oidc }) };
const small = { ...place, grafana: grafanaConfig({}) };

/** A reading of the file as Grafana's library has it: sections, keys, values to the end of the line. */
function parsed(text: string): Record<string, Record<string, string>> {
  const found: Record<string, Record<string, string>> = {};
  let section = "";
  for (const line of text.split("\n")) {
    const [, heading] = /^\[(.+)\]$/.exec(line) ?? [];
    const [, key, value] = /^([a-z_]+) = (.*)$/.exec(line) ?? [];
    if (heading !== undefined) section = heading;
    else if (key !== undefined) found[section] = { ...found[section], [key]: value ?? "" };
    else if (line !== "") throw new Error(`no line of such a file: ${line}`);
  }
  return found;
}

test("every setting stands on a line of its own, in its section", () => {
  const written = Object.fromEntries(
    Object.entries(sections(large)).map(([name, section]) => [
      name,
      Object.fromEntries(Object.entries(section).map(([key, value]) => [key, String(value)])),
    ]),
  );
  expect(parsed(iniText(large))).toEqual(written);
});

test("no secret stands in it: each is read from a file", () => {
  const secret = Object.values(sections(large)).flatMap((section) =>
    Object.entries(section).filter(([key]) => /password|secret/.test(key)),
  );
  expect(secret.map(([key]) => key)).toEqual(["password", "admin_password", "secret_key", "client_secret"]);
  for (const [, value] of secret) expect(value).toMatch(/^\$__file\{\/etc\/grafana-secrets\/[a-z-]+\}$/);
});

test("nobody comes in without a login, and nobody makes an account", () => {
  expect(sections(small)).toMatchObject({
    "auth.anonymous": { enabled: false },
    "auth.basic": { enabled: false },
    users: { allow_sign_up: false, allow_org_create: false, auto_assign_org_role: "None" },
    snapshots: { enabled: false, external_enabled: false },
    public_dashboards: { enabled: false },
  });
});

test("it calls nobody's home", () => {
  expect(sections(small)).toMatchObject({
    analytics: { reporting_enabled: false, check_for_updates: false, check_for_plugin_updates: false },
    security: { disable_gravatar: true },
    news: { news_feed_enabled: false },
    plugins: { plugin_admin_enabled: false, preinstall_disabled: true },
    unified_alerting: { enabled: false },
  });
});

test("browsers are held to HTTPS, to its own pages and to nobody's frame", () => {
  const { security, server } = sections(small);
  expect(server).toMatchObject({ protocol: "https", root_url: "https://grafana.example.org:8443/" });
  expect(security).toMatchObject({
    cookie_secure: true,
    cookie_samesite: "lax",
    strict_transport_security: true,
    allow_embedding: false,
    content_security_policy: true,
  });
  const policy = String(security?.content_security_policy_template);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/\*|grafana\.com/);
});

test("data sources lead to the read gateway alone", () => {
  expect(sections(small).security?.data_source_proxy_whitelist).toBe("read-gateway.moat.svc:8443");
});

describe("groups", () => {
  const auth = sections(large)["auth.generic_oauth"];
  const list = (key: string): unknown => JSON.parse(String(auth?.[key]));

  test("of a tenant land in its organisation, operators in all, Kubernetes' own in none", () => {
    expect(list("org_mapping")).toEqual([
      "alpha-team:alpha:Editor",
      "corp\\:alpha:alpha:Editor",
      "ops:alpha:Viewer",
      "beta-team:beta:Editor",
      "ops:beta:Viewer",
    ]);
  });

  test("are what lets people in", () => {
    expect(list("allowed_groups")).toEqual(["ops", "alpha-team", "corp:alpha", "beta-team"]);
    expect(auth).toMatchObject({ role_attribute_strict: true, allow_assign_grafana_admin: false });
  });

  test("may be let see, and no more", () => {
    const { grafana } = { grafana: grafanaConfig({ oidc, tenantRole: "Viewer" }) };
    const mapped = String(sections({ ...place, grafana })["auth.generic_oauth"]?.org_mapping);
    expect(mapped).not.toMatch(/Editor|Admin/);
  });
});

test("without a provider there is no sign-on", () => {
  expect(Object.keys(sections(small))).not.toContain("auth.generic_oauth");
});

test("the database is reached by TLS that is verified, by the private CA if there is one", () => {
  expect(sections(large).database).toMatchObject({
    type: "postgres",
    host: "db.example.org:5433",
    ssl_mode: "verify-full",
    ca_cert_path: "/etc/grafana-authorities/database.crt",
  });
  const plain = grafanaConfig({ database: { kind: "postgres", host: "db", cidrs: ["10.0.0.0/8"] } });
  expect(sections({ ...place, grafana: plain }).database).toEqual({
    type: "postgres",
    host: "db:5432",
    name: "grafana",
    user: "grafana",
    password: "$__file{/etc/grafana-secrets/database-password}",
    ssl_mode: "verify-full",
  });
  expect(sections(small).database).toEqual({ type: "sqlite3", wal: true });
});
