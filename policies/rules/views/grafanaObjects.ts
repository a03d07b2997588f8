import { type Fields, quote, type Rule } from "../../rule";
import { cloud } from "../../samples";

const operated = "kubernetes:grafana.integreatly.org/v1beta1:Grafana";
const release = "kubernetes:helm.sh/v3:Release";
const truth = quote("^(true|t|1|yes|y|on)$");

/** A setting of one section; nothing is an empty text. */
const setting = (section: string, name: string): string =>
  `s[?${quote(section)}].orValue({})[?${quote(name)}].orValue(dyn(""))`;

/** Whether it is on. The operator has texts, a chart's values may be booleans. */
const isOn = (section: string, name: string): string =>
  `[${setting(section, name)}].exists(v, v == true || (v != false && string(v).lowerAscii().matches(${truth})))`;

const grafana = (config: Fields) => cloud(operated, { metadata: { name: "grafana" }, spec: { config } });
const chart = (values: Fields) => cloud(release, { chart: "grafana", values });
const parent = (values: Fields) =>
  cloud(release, { chart: "kube-prometheus-stack", values: { grafana: values } });

export const grafanaObjects: Rule = {
  id: "G2c",
  title: "Grafana from its operator or chart opens no door and holds no password",
  why: "Without a login everybody sees what the data sources of that Grafana see, and a password among a chart's values is kept with the release and shown to all who may read it.",
  severity: "critical",
  references: [
    "https://grafana.github.io/grafana-operator/docs/grafana/",
    "https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/",
  ],
  scope: "everywhere",
  on: [operated, release],
  variables: {
    ofChart: `object.kind == "Release" && object.?chart.orValue("").contains("grafana") ? [object.?values.orValue({})]
      : object.kind == "Release" && object.?chart.orValue("").contains("prometheus-stack")
        ? [object.?values.?grafana.orValue({})]
      : []`,
    settings: `(object.kind == "Grafana" ? [object.?spec.?config.orValue({})] : [])
      + variables.ofChart.map(v, v[?"grafana.ini"].orValue({}))`,
  },
  validations: [
    {
      expression: `variables.settings.all(s, !${isOn("auth.anonymous", "enabled")})`,
      message: "Leave auth.anonymous.enabled out.",
    },
    {
      expression: `variables.settings.all(s, !${isOn("users", "allow_sign_up")})`,
      message: "Leave users.allow_sign_up out.",
    },
    {
      expression: `variables.settings.all(s, string(${setting("security", "admin_password")}).matches("^([$].*)?$"))
        && variables.ofChart.all(v, v.?adminPassword.orValue("") == "")`,
      message:
        "Take the administrator's password from a secret: `admin.existingSecret` of the chart, GF_SECURITY_ADMIN_PASSWORD by valueFrom with the operator.",
    },
  ],
  samples: {
    good: [
      grafana({ "auth.anonymous": { enabled: "false" }, security: { admin_user: "root" } }),
      chart({ admin: { existingSecret: "grafana" }, "grafana.ini": { users: { allow_sign_up: false } } }),
      parent({ admin: { existingSecret: "grafana" } }),
      cloud(release, { chart: "podinfo", values: { "grafana.ini": {} } }),
    ],
    bad: [
      grafana({ "auth.anonymous": { enabled: "true" } }),
      grafana({ users: { allow_sign_up: "true" } }),
      grafana({ security: { admin_password: "secret" } }),
      chart({ "grafana.ini": { "auth.anonymous": { enabled: true } } }),
      chart({ adminPassword: "admin" }),
      parent({ adminPassword: "prom-operator" }),
    ],
  },
};
