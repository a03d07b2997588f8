import type { Fields, Rule } from "../../rule";
import { chart, releaseType } from "./monitoringCharts";
import { isOther, stack } from "./stackReadable";

const values = "object.?values.?grafana";
const isOff = `${isOther} || ${values}.?enabled.orValue(true) == false`;

/** Settings that let in who has no account: section and key of grafana.ini. Both are off by default. */
const openings = [
  ["auth.anonymous", "enabled"],
  ["users", "allow_sign_up"],
] as const;

/** The same setting as a variable of the environment, which wins over the file. */
const variable = (section: string, key: string): string =>
  `GF_${section.replaceAll(".", "_")}_${key}`.toUpperCase();

const admin = { existingSecret: "grafana-admin" };
const grafana = (fields: Fields) => stack({ grafana: { admin, ...fields } });

export const stackGrafana: Rule = {
  id: "R2f",
  title: "Grafana of kube-prometheus-stack lets in nobody without an account",
  why: "Its data source asks Prometheus past the gateway, so a visitor without an account reads every tenant's series.",
  severity: "high",
  references: [
    "https://github.com/grafana/helm-charts/blob/main/charts/grafana/values.yaml",
    "https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/",
  ],
  scope: "everywhere",
  on: [releaseType],
  variables: { chart },
  validations: [
    ...openings.map(([section, key]) => ({
      expression: `${isOff} || (${values}[?"grafana.ini"][?"${section}"].?${key}.orValue(false) in [false, "false"]
        && ${values}.?env.?${variable(section, key)}.orValue(false) in [false, "false"])`,
      message: `Leave ${key} of ${section} off in values.grafana, in grafana.ini and in env.`,
    })),
    {
      expression: `${isOff} || !(${values}.?admin.?existingSecret.orValue("") in ["", null])`,
      message: "Name a secret with the administrator's password in values.grafana.admin.existingSecret.",
    },
    {
      expression: `${isOff} || ${values}.?adminPassword.orValue("") in ["", null]`,
      message: "Leave values.grafana.adminPassword out: it would stand in the state.",
    },
  ],
  samples: {
    good: [
      grafana({}),
      grafana({ "grafana.ini": { "auth.anonymous": { enabled: false }, users: { allow_sign_up: false } } }),
      stack({ grafana: { enabled: false } }),
      stack({}, { chart: "traefik" }),
    ],
    bad: [
      ...openings.flatMap(([section, key]) => [
        grafana({ "grafana.ini": { [section]: { [key]: true } } }),
        grafana({ "grafana.ini": { [section]: { [key]: "true" } } }),
        grafana({ env: { [variable(section, key)]: "true" } }),
      ]),
      grafana({ admin: {} }),
      stack({}),
      grafana({ adminPassword: "prom-operator" }),
    ],
  },
};
