import { monitorKinds } from "../../kinds";
import { endpoints, podMonitor, probe, serviceMonitor } from "../../monitors";
import { quote, type Rule } from "../../rule";

/** Ways of a scrape to say who it is; Prometheus takes one. */
const credentials = ["basicAuth", "authorization", "oauth2", "bearerTokenSecret"];

const ports = ["port", "targetPort"];
const plainName = quote("^[a-zA-Z0-9_-]*$");

const key = { name: "keys", key: "key" };
const basicAuth = { username: key, password: key };
const authorization = { credentials: key };

export const configuration: Rule = {
  id: "T7b",
  title: "No monitor breaks the configuration that all tenants share",
  why: "The operator copies some fields unread: one bad value, and Prometheus takes no change of any tenant any more, nor starts again.",
  severity: "high",
  references: [
    "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config",
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.Endpoint",
  ],
  scope: "tenants",
  on: monitorKinds,
  variables: endpoints,
  validations: [
    ...ports.map((field) => ({
      // It becomes a regular expression.
      expression: `variables.endpoints.all(e, string(e.?${field}.orValue("")).matches(${plainName}))`,
      message: `Write the name of one port into ${field}: letters, digits, - and _.`,
    })),
    {
      expression: `variables.endpoints.all(e,
        size([${credentials.map((field) => `has(e.${field})`).join(", ")}].filter(given, given)) <= 1)`,
      message: `Choose one of ${credentials.join(", ")}.`,
    },
    {
      expression: `variables.endpoints.all(e,
        e.?authorization.?type.orValue("").matches("^[a-zA-Z0-9._-]*$") && e.?authorization.?type.orValue("").lowerAscii() != "basic")`,
      message: "Write a word such as Bearer into authorization.type, and use basicAuth instead of Basic.",
    },
    {
      expression: `dyn(object).?spec.?targets.?staticConfig.?labels.orValue({}).all(label,
        label.matches("^[a-zA-Z_][a-zA-Z0-9_]*$"))`,
      message: "Write the labels of the probe's targets with letters, digits and _.",
    },
  ],
  samples: {
    good: [
      serviceMonitor({}),
      serviceMonitor({ port: undefined, targetPort: 9100 }),
      serviceMonitor({ port: "http-metrics_2", basicAuth }),
      podMonitor({ port: undefined, targetPort: "metrics", authorization }),
      probe({ basicAuth }, { labels: { site: "one" } }),
    ],
    bad: [
      serviceMonitor({ port: "(" }),
      serviceMonitor({ port: "metrics|.*" }),
      serviceMonitor({ port: undefined, targetPort: "[" }),
      podMonitor({ port: "*" }),
      podMonitor({ port: undefined, targetPort: "(" }),
      serviceMonitor({ basicAuth, authorization }),
      podMonitor({ authorization, bearerTokenSecret: key }),
      serviceMonitor({ authorization: { type: "Basic", ...authorization } }),
      podMonitor({ authorization: { type: " basic ", ...authorization } }),
      probe({ authorization: { type: "BASIC" } }),
      // The operator looks at the others itself.
      probe({ basicAuth, authorization }),
      probe({}, { labels: { "": "one" } }),
      probe({}, { labels: { "a b": "one" } }),
    ],
  },
};
