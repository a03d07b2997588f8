/** `moat:grafana`: what it takes, and the words for what it does not. */
import { checkConfig } from "../../../config";
import type { GivenSecrets } from "../../../config/secrets";
import { temporaryFolder, writeKubeconfig } from "../../support/kubeconfig";

const kubeconfig = writeKubeconfig(temporaryFolder());
const least = {
  clusterName: "test",
  cluster: { kubeconfig },
  objectStore: { kind: "inCluster" },
  edge: { domain: "example.org" },
};
const postgres = { kind: "postgres", host: "db.example.org", cidrs: ["10.9.0.0/24"] };
const oidc = {
  clientId: "grafana",
  authUrl: "https://id.example.org/authorize",
  tokenUrl: "https://id.example.org/token",
  userinfoUrl: "https://id.example.org/userinfo",
  cidrs: ["198.51.100.0/24"],
};
const bothSecrets = { grafanaDatabasePassword: true, grafanaOidcClientSecret: true };

function problems(grafana: object, changes: object = {}, secrets: GivenSecrets = bothSecrets): string[] {
  const checked = checkConfig({ ...least, grafana, ...changes }, {}, secrets);
  return "problems" in checked
    ? checked.problems.map(({ path, reason, mend }) => `${path}: ${reason} → ${mend}`)
    : [];
}
const settings = (grafana: object) => {
  const checked = checkConfig({ ...least, grafana }, {}, bothSecrets);
  return "config" in checked ? checked.config.grafana : undefined;
};

test("there is none unless it is asked for", () => {
  expect(settings({})).toEqual({ kind: "none" });
});

test("by default it is one replica on a volume that is protected, and the administrator alone logs in", () => {
  expect(settings({ kind: "inCluster" })).toEqual({
    kind: "inCluster",
    database: { kind: "volume", size: "5Gi", protect: true },
    tenantRole: "Editor",
  });
});

test("on PostgreSQL there are two", () => {
  expect(settings({ kind: "inCluster", database: postgres })).toMatchObject({
    database: { name: "grafana", user: "grafana", replicas: 2 },
  });
});

describe("secrets", () => {
  const how = (key: string) => `run \`pulumi config set --secret ${key}\` and type it when asked`;

  test("are asked for by what they are for", () => {
    const tenants = { alpha: { groups: ["alpha-team"] } };
    expect(problems({ kind: "inCluster", database: postgres, oidc }, { tenants }, {})).toEqual([
      `moat:grafanaDatabasePassword: is missing, and db.example.org will ask for it → ${how("grafanaDatabasePassword")}`,
      `moat:grafanaOidcClientSecret: is missing, and https://id.example.org/token will ask for it → ${how("grafanaOidcClientSecret")}`,
    ]);
    expect(problems({ kind: "inCluster" }, {}, {})).toEqual([]);
  });

  test("must be encrypted", () => {
    expect(
      problems({ kind: "inCluster", database: postgres }, {}, { grafanaDatabasePassword: false }),
    ).toEqual([expect.stringMatching(/^moat:grafanaDatabasePassword: is not encrypted/)]);
  });
});

test.each<[string, object, object, string]>([
  [
    "a tenant that Grafana takes for a number",
    { kind: "inCluster" },
    { tenants: { "7": {} } },
    "moat:tenants.7: is all digits, which Grafana takes for the number of an organisation → rename the tenant, with a letter in it",
  ],
  [
    "a person who is named like the platform's reader",
    { kind: "inCluster" },
    { tenants: { alpha: { users: ["moat:grafana:beta"] }, beta: {} } },
    `moat:tenants.alpha.users: "moat:grafana:beta" is a name of the platform's own programs → name people whose names do not begin with moat:`,
  ],
  [
    "a group that means everybody",
    { kind: "inCluster", oidc },
    { tenants: { alpha: { groups: ["*"] } } },
    `moat:tenants.alpha.groups: Grafana cannot map "*" to an organisation → name groups without spaces, quotes, \\, %, $, # and ;, and never * alone`,
  ],
  [
    "a sign-on that lets nobody in",
    { kind: "inCluster", oidc },
    { tenants: { alpha: { users: ["ada"] } } },
    "moat:grafana.oidc: lets nobody in, as neither tenants nor operators have groups → give moat:tenants.<name>.groups the provider's groups; Grafana does not know people by `users`",
  ],
  [
    "a way to the metadata service",
    { kind: "inCluster", database: { ...postgres, cidrs: ["169.254.169.254/32"] } },
    {},
    "moat:grafana.database.cidrs: 169.254.169.254/32 contains addresses of 169.254.0.0/16, where clouds serve a machine's credentials → name the ranges of the server, or 0.0.0.0/0, from which those are taken out",
  ],
  [
    "a provider without TLS",
    { kind: "inCluster", oidc: { ...oidc, tokenUrl: "http://id.example.org/token" } },
    { tenants: { alpha: { groups: ["a"] } } },
    'moat:grafana.oidc.tokenUrl: the text "http://id.example.org/token" must be an address that begins with https:// → docs/config.md has its meaning, unit and default',
  ],
  [
    "a setting that would end the line",
    { kind: "inCluster", oidc: { ...oidc, clientId: "x\nallow_sign_up=true" } },
    { tenants: { alpha: { groups: ["a"] } } },
    'moat:grafana.oidc.clientId: the text "x\nallow_sign_up=true" must be one word without quotes, %, $, # and ; → docs/config.md has its meaning, unit and default',
  ],
])("refuses %s", (_, grafana, changes, expected) => {
  expect(problems(grafana, changes)).toEqual([expected]);
});

test.each([
  "https://id.example.org/#x",
  "https://id.example.org/;x",
  "https://id.example.org/$__file{/etc/passwd}",
])("refuses the address %s, in which the settings file would see more than an address", (authUrl) => {
  const tenants = { alpha: { groups: ["a"] } };
  expect(problems({ kind: "inCluster", oidc: { ...oidc, authUrl } }, { tenants })).toHaveLength(1);
});
