/** Rules for Grafana, together with the tenants and the edge. */
import { metadataService } from "../components/tenancy/ranges";
import type { GrafanaConfig } from "./grafana";
import type { Problem } from "./problems";
import { overlap } from "./quantities";
import type { Rule } from "./rules";
import type { WellFormed } from "./shape";

type GrafanaRule = (grafana: GrafanaConfig, config: WellFormed) => Problem[];

/** Grafana takes a name of digits for the number of an organisation, and so for somebody else's. */
const organisationsHaveNames: GrafanaRule = (_, { tenants }) =>
  Object.keys(tenants)
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({
      path: `moat:tenants.${name}`,
      reason: "is all digits, which Grafana takes for the number of an organisation",
      mend: "rename the tenant, with a letter in it",
    }));

/** A person of such a name would read what Grafana reads for a tenant. */
const ownUsers = "moat:";

const usersAreNotThePlatforms: GrafanaRule = (_, { tenants, operators }) =>
  [
    { path: "moat:operators.users", users: operators.users },
    ...Object.entries(tenants).map(([name, { users }]) => ({ path: `moat:tenants.${name}.users`, users })),
  ].flatMap(({ path, users }) =>
    users
      .filter((user) => user.startsWith(ownUsers))
      .map((user) => ({
        path,
        reason: `"${user}" is a name of the platform's own programs`,
        mend: `name people whose names do not begin with ${ownUsers}`,
      })),
  );

/** What the settings file and Grafana's mapping of groups cannot carry; `*` stands for everybody there. */
const unfit = /[\s"'`;#%$\\]|^\*$/;

const groupsCanBeMapped: GrafanaRule = ({ oidc }, { tenants, operators }) =>
  oidc === undefined
    ? []
    : [
        ["moat:operators.groups", operators.groups] as const,
        ...Object.entries(tenants).map(
          ([name, { groups }]) => [`moat:tenants.${name}.groups`, groups] as const,
        ),
      ].flatMap(([path, groups]) =>
        groups
          .filter((group) => unfit.test(group))
          .map((group) => ({
            path,
            reason: `Grafana cannot map "${group}" to an organisation`,
            mend: "name groups without spaces, quotes, \\, %, $, # and ;, and never * alone",
          })),
      );

const somebodyLogsIn: GrafanaRule = ({ oidc }, { tenants, operators }) =>
  oidc === undefined || [operators, ...Object.values(tenants)].some(({ groups }) => groups.length > 0)
    ? []
    : [
        {
          path: "moat:grafana.oidc",
          reason: "lets nobody in, as neither tenants nor operators have groups",
          mend: "give moat:tenants.<name>.groups the provider's groups; Grafana does not know people by `users`",
        },
      ];

const everywhere = "0.0.0.0/0";

const egressKeepsOffTheMetadataService: GrafanaRule = ({ database, oidc }) =>
  [
    ...(database.kind === "postgres" ? [["moat:grafana.database.cidrs", database.cidrs] as const] : []),
    ...(oidc === undefined ? [] : [["moat:grafana.oidc.cidrs", oidc.cidrs] as const]),
  ].flatMap(([path, cidrs]) =>
    cidrs
      .filter((cidr) => cidr !== everywhere && overlap(cidr, metadataService))
      .map((cidr) => ({
        path,
        reason: `${cidr} contains addresses of ${metadataService}, where clouds serve a machine's credentials`,
        mend: `name the ranges of the server, or ${everywhere}, from which those are taken out`,
      })),
  );

const rulesWithGrafana: readonly GrafanaRule[] = [
  organisationsHaveNames,
  usersAreNotThePlatforms,
  groupsCanBeMapped,
  somebodyLogsIn,
  egressKeepsOffTheMetadataService,
];

/** They hold where there is a Grafana. */
export const grafanaRules: readonly Rule[] = rulesWithGrafana.map(
  (rule): Rule =>
    (config) =>
      config.grafana.kind === "none" ? [] : rule(config.grafana, config),
);
