import { configMap } from "../../programSamples";
import { quote, type Rule } from "../../rule";
import { key, textVariables } from "../../texts";

const off = (name: string): string => quote(`${key(name)}(false|False|FALSE|no|off)\\b`);
/** How Tempo's file differs from every other: traces have a storage. */
const ofTempo = quote(`(^|[\\n{,])\\s*["']?storage["']?:[\\s{]*["']?trace["']?:`);
const on = quote(`${key("multitenancy_enabled")}true`);

export const tenancyText: Rule = {
  id: "L1a",
  title: "Loki, Tempo and Mimir keep tenants apart",
  why: "With it off, all logs and traces belong to one tenant, and every tenant that may ask sees all of them.",
  severity: "critical",
  references: [
    "https://grafana.com/docs/loki/latest/operations/multi-tenancy/",
    "https://grafana.com/docs/tempo/latest/operations/manage-advanced-systems/multitenancy/",
  ],
  scope: "everywhere",
  on: ["v1/ConfigMap"],
  variables: textVariables,
  validations: [
    {
      expression: `variables.texts.all(t, !t.matches(${off("auth_enabled")}))`,
      message: "Set auth_enabled to true in Loki's configuration.",
    },
    {
      expression: `variables.texts.all(t, !t.matches(${off("multitenancy_enabled")}))`,
      message: "Set multitenancy_enabled to true.",
    },
    {
      // Tempo's default is false.
      expression: `variables.texts.all(t, !t.matches(${ofTempo}) || t.matches(${on}))`,
      message: "Add `multitenancy_enabled: true` to Tempo's configuration.",
    },
  ],
  samples: {
    good: [
      configMap("loki.yaml", "auth_enabled: true\nserver:\n  http_listen_port: 3100\n"),
      configMap("loki.yaml", "# auth_enabled: false\nserver:\n  http_listen_port: 3100\n"),
      configMap("tempo.yaml", "multitenancy_enabled: true\nstorage:\n  trace:\n    backend: s3\n"),
      configMap("app.yaml", "storage:\n  traces: off\n"),
    ],
    bad: [
      configMap("loki.yaml", "auth_enabled: false\nserver:\n  http_listen_port: 3100\n"),
      configMap("loki.json", '{"auth_enabled": false}'),
      configMap("mimir.yaml", "multitenancy_enabled: false\n"),
      configMap("tempo.yaml", "distributor: {}\nstorage:\n  trace:\n    backend: s3\n"),
      configMap("tempo.json", '{"storage": {"trace": {"backend": "s3"}}}'),
    ],
  },
};
