import { namespaceHeader } from "../../../components/names";
import { configMap } from "../../programSamples";
import { quote, type Rule } from "../../rule";
import { key, textVariables } from "../../texts";

const header = `byHttpHeader["']?:[\\s{]*["']?name["']?:\\s*["']?${namespaceHeader}["']?\\s*[\\n}]`;
const asked = `${key("namespace")}\\{\\{\\s*\\.Value\\s*\\}\\}`;

const config = (rewrites: string, namespace = '"{{ .Value }}"') =>
  configMap(
    "authorization.yaml",
    `authorization:\n  rewrites:\n${rewrites}\n  resourceAttributes:\n    apiVersion: v1\n    resource: namespace\n    subresource: metrics\n    namespace: ${namespace}\n`,
  );
const byHeader = `    byHttpHeader:\n      name: ${namespaceHeader}`;

export const authorizedTenant: Rule = {
  id: "Q5b",
  title: "kube-rbac-proxy asks about the tenant that the header names",
  why: "Authorised by the query, or for one fixed namespace, a client puts another tenant into the header, which is what the next hop enforces.",
  severity: "critical",
  references: [
    "https://github.com/brancz/kube-rbac-proxy/tree/master/examples/rewrites",
    "https://github.com/prometheus-community/prom-label-proxy",
  ],
  scope: "everywhere",
  on: ["v1/ConfigMap"],
  variables: {
    ...textVariables,
    configs: 'variables.texts.filter(t, t.contains("rewrites") && t.contains("resourceAttributes"))',
  },
  validations: [
    {
      expression: 'variables.configs.all(t, !t.contains("byQueryParameter"))',
      message:
        "Leave rewrites.byQueryParameter out: a query can be repeated, and a body can carry another one.",
    },
    {
      expression: `variables.configs.all(t, t.matches(${quote(header)}))`,
      message: `Set rewrites.byHttpHeader.name to ${namespaceHeader}, the header that the next hop enforces.`,
    },
    {
      expression: `variables.configs.all(t, t.matches(${quote(asked)}))`,
      message: 'Set resourceAttributes.namespace to "{{ .Value }}", the tenant of the header.',
    },
  ],
  samples: {
    good: [
      config(byHeader),
      configMap(
        "authorization.json",
        `{"authorization": {"rewrites": {"byHttpHeader": {"name": "${namespaceHeader}"}}, "resourceAttributes": {"namespace": "{{ .Value }}"}}}`,
      ),
      // Guards one program for everybody who may.
      configMap("config.yaml", "authorization:\n  resourceAttributes:\n    namespace: monitoring\n"),
      configMap("readme.txt", "# byQueryParameter in rewrites of resourceAttributes is refused\n"),
    ],
    bad: [
      config("    byQueryParameter:\n      name: namespace"),
      config(`${byHeader}\n    byQueryParameter:\n      name: namespace`),
      config("    byHttpHeader:\n      name: X-Scope-OrgID"),
      config(`    byHttpHeader:\n      name: ${namespaceHeader}-2`),
      config(byHeader, "monitoring"),
    ],
  },
};
