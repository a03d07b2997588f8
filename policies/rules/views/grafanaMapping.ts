import { configMap } from "../../programSamples";
import { quote, type Rule } from "../../rule";
import { textVariables } from "../../texts";

/** A mapping of everybody, wherever it stands in the list. */
const everybody = quote("\\n\\s*org_mapping\\s*=([^\\n]*[\\s,\"'\\[])?[*]:");

const ini = (mapping: string) =>
  configMap("grafana.ini", `[auth.generic_oauth]\nenabled = true\norg_mapping = ${mapping}\n`);

export const grafanaMapping: Rule = {
  id: "G2d",
  title: "Grafana lets people into organisations by their groups, and nobody for being known",
  why: "An organisation is a tenant's: who lands in it without being of the tenant's groups sees all that its data source sees.",
  severity: "critical",
  references: [
    "https://grafana.com/docs/grafana/latest/setup-grafana/configure-access/configure-authentication/generic-oauth/#org-roles-mapping-example",
  ],
  scope: "everywhere",
  on: ["v1/ConfigMap"],
  variables: {
    ...textVariables,
    // What stands before the first heading is of no section.
    sections: 'variables.texts.map(t, "\\n[]\\n" + t).join("").split("\\n[")',
  },
  validations: [
    {
      expression: `variables.sections.all(s, !s.startsWith("auth.") || !s.matches(${everybody}))`,
      message: "Name a group before the organisation in org_mapping, instead of *.",
    },
  ],
  samples: {
    good: [
      ini("alpha-team:alpha:Editor beta-team:beta:Viewer"),
      ini('["alpha-team:alpha:Editor","ops:*:Viewer"]'),
      configMap("grafana.ini", "[users]\norg_mapping = *:alpha:Viewer\n"),
    ],
    bad: [
      ini("*:alpha:Viewer"),
      ini("alpha-team:alpha:Editor,*:beta:Viewer"),
      ini('["alpha-team:alpha:Editor","*:beta:Viewer"]'),
      ini("alpha-team:alpha:Editor *:beta:Viewer"),
    ],
  },
};
