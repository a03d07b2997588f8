import type { Fields, Rule } from "../../rule";
import { chart, releaseType } from "./monitoringCharts";
import { isNothing, isOther, stack } from "./stackReadable";

const values = "object.?values.?grafana";
const isOff = `${isOther} || ${values}.?enabled.orValue(true) == false`;

/** Variables that win over grafana.ini and let in who has no account. Both are off by default. */
const openings = ["GF_AUTH_ANONYMOUS_ENABLED", "GF_USERS_ALLOW_SIGN_UP"];

const admin = { existingSecret: "grafana-admin" };
const grafana = (fields: Fields) => stack({ grafana: { admin, ...fields } });

export const stackGrafana: Rule = {
  id: "R2f",
  title: "Grafana of kube-prometheus-stack is opened by no variable and by no known password",
  why: "Its data source asks Prometheus past the gateway, so a visitor without an account reads every tenant's series.",
  severity: "high",
  references: [
    "https://github.com/grafana/helm-charts/blob/main/charts/grafana/values.yaml",
    "https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#override-configuration-with-environment-variables",
  ],
  scope: "everywhere",
  on: [releaseType],
  variables: { chart },
  validations: [
    ...openings.map((name) => ({
      expression: `${isOff} || [${values}.?env.?${name}.orValue(false)].all(v, v == false || v == "false")`,
      message: `Leave ${name} out of values.grafana.env.`,
    })),
    {
      // Some versions of the chart have a password of their own, which everybody knows.
      expression: `${isOff} || !${isNothing(`${values}.?admin.?existingSecret.orValue(null)`)}`,
      message: "Name a secret with the administrator's password in values.grafana.admin.existingSecret.",
    },
  ],
  samples: {
    good: [
      grafana({}),
      grafana({ env: { GF_AUTH_ANONYMOUS_ENABLED: "false", GF_LOG_LEVEL: "warn" } }),
      stack({ grafana: { enabled: false } }),
      stack({}, { chart: "traefik" }),
    ],
    bad: [
      ...openings.flatMap((name) => [
        grafana({ env: { [name]: "true" } }),
        grafana({ env: { [name]: true } }),
      ]),
      grafana({ admin: {} }),
      grafana({ admin: { existingSecret: "" } }),
      stack({}),
    ],
  },
};
