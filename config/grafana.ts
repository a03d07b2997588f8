/** `moat:grafana`: dashboards for people, one organisation a tenant. */
import { z } from "zod";
import { certificatePem, httpsUrl, range, replicas, size } from "./fields";

const oneLine = z.string().regex(/^[^\s"'`;#%$]+$/, {
  error: "must be one word without quotes, %, $, # and ;",
});
/** They stand in a settings file, in which some characters mean more. */
const https = httpsUrl.regex(/^[^\s"'`;#%$]+$/, {
  error: "must be an address without quotes, %, $, # and ;",
});
const ranges = z.array(range).min(1, { error: "must name at least one range" });

const database = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z
        .literal("volume")
        .describe("SQLite on a volume of its own: one replica, which is away while its pod moves"),
      size: size.default("5Gi").describe("Size of the volume with dashboards and users"),
      protect: z
        .boolean()
        .default(true)
        .describe("Makes Pulumi refuse to delete or replace Grafana, whose volume holds people's dashboards"),
    }),
    z.strictObject({
      kind: z
        .literal("postgres")
        .describe(
          "A PostgreSQL database that is there already, reached by TLS with a certificate that is verified; its password is the secret `moat:grafanaDatabasePassword`",
        ),
      host: z
        .string()
        .regex(/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?(:[1-9]\d{0,4})?$/, {
          error: "must be a host, with a port if it is not 5432",
        })
        .describe("Host of the server, the name in its certificate; with its port if that is not 5432"),
      name: oneLine.default("grafana").describe("Name of the database; it must exist"),
      user: oneLine.default("grafana").describe("User who owns it"),
      cidrs: ranges.describe("Where the server answers: the only ranges that Grafana reaches on its port"),
      caCertificate: certificatePem
        .optional()
        .describe("PEM of the private CA that signs the server's certificate. Default: a public CA does"),
      replicas: replicas.default(2).describe("Copies of Grafana"),
    }),
  ])
  .prefault({ kind: "volume" })
  .describe("Where users and their dashboards are kept");

const oidc = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}$/, {
        error: "must be up to 40 letters, digits, spaces, dots and dashes",
      })
      .default("single sign-on")
      .describe("What the button on the login page says: `Sign in with <name>`"),
    clientId: oneLine.describe("Grafana's id at the provider; the secret is `moat:grafanaOidcClientSecret`"),
    authUrl: https.describe("Where people log in, the provider's `authorization_endpoint`"),
    tokenUrl: https.describe("The provider's `token_endpoint`"),
    userinfoUrl: https.describe("The provider's `userinfo_endpoint`"),
    scopes: z
      .array(oneLine)
      .min(1, { error: "must name at least one scope" })
      .default(["openid", "profile", "email", "groups"])
      .describe("What Grafana asks to know of people"),
    groupsPath: oneLine
      .default("groups")
      .describe(
        "Where a person's groups stand in what the provider tells, as a JMESPath; they are matched with the groups of tenants and operators",
      ),
    cidrs: ranges.describe("Where the provider answers: the only ranges that Grafana reaches for it"),
    caCertificate: certificatePem
      .optional()
      .describe("PEM of the private CA that signs the provider's certificate. Default: a public CA does"),
  })
  .optional()
  .describe(
    "OpenID Connect: who is in a tenant's groups lands in its organisation, everybody else is turned away. Default: the administrator alone logs in",
  );

export const grafana = z
  .discriminatedUnion("kind", [
    z.strictObject({
      // Without a kind this one is meant.
      kind: z
        .literal("none")
        .default("none")
        .describe("No Grafana; tenants point their own at the read gateway. This is the default"),
    }),
    z.strictObject({
      kind: z
        .literal("inCluster")
        .describe("Grafana at `grafana.<domain>`, with an organisation for each tenant"),
      database,
      oidc,
      tenantRole: z
        .enum(["Viewer", "Editor"])
        .default("Editor")
        .describe(
          "What people of a tenant may do in its organisation: see dashboards, or make their own as well. Nobody but the administrator may change data sources",
        ),
    }),
  ])
  .prefault({})
  .describe("Dashboards for people, each tenant in an organisation of its own");

export type GrafanaConfig = Extract<z.output<typeof grafana>, { kind: "inCluster" }>;
