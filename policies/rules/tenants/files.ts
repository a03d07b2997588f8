import { monitorKinds } from "../../kinds";
import { endpoints, podMonitor, probe, serviceMonitor } from "../../monitors";
import type { Rule } from "../../rule";

const tlsFiles = ["caFile", "certFile", "keyFile"];

export const files: Rule = {
  id: "T4",
  title: "Monitors use no files and no credentials of Prometheus",
  why: "A file of the Prometheus pod, such as its token for the API server, is sent to the tenant's own target as a credential.",
  severity: "critical",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.Endpoint",
    "https://prometheus-operator.dev/docs/developer/scrapeclass/",
  ],
  scope: "tenants",
  on: monitorKinds,
  variables: endpoints,
  validations: [
    {
      expression: 'variables.endpoints.all(e, e.?bearerTokenFile.orValue("") == "")',
      message: "Use authorization with a Secret of the namespace instead of bearerTokenFile.",
    },
    ...tlsFiles.map((field) => ({
      expression: `variables.endpoints.all(e, e.?tlsConfig.?${field}.orValue("") == "")`,
      message: `Use a Secret or ConfigMap of the namespace instead of tlsConfig.${field}.`,
    })),
    {
      expression: 'dyn(object).?spec.?scrapeClass.orValue("") == ""',
      message: "Leave spec.scrapeClass out: the files and credentials of a scrape class are the platform's.",
    },
  ],
  samples: {
    good: [
      serviceMonitor({ authorization: { credentials: { name: "token", key: "token" } } }),
      serviceMonitor({ scheme: "https", tlsConfig: { ca: { configMap: { name: "ca", key: "ca.crt" } } } }),
      serviceMonitor({ bearerTokenFile: "", tlsConfig: { caFile: "" } }),
      podMonitor({ tlsConfig: { insecureSkipVerify: true } }),
      probe({ tlsConfig: { keySecret: { name: "tls", key: "tls.key" } } }),
    ],
    bad: [
      serviceMonitor({ bearerTokenFile: "/var/run/secrets/kubernetes.io/serviceaccount/token" }),
      ...tlsFiles.map((field) =>
        serviceMonitor({ tlsConfig: { [field]: "/etc/object-store/objstore.yml" } }),
      ),
      serviceMonitor({}, { scrapeClass: "platform" }),
      podMonitor({}, { scrapeClass: "platform" }),
      probe({ scrapeClass: "platform" }),
    ],
  },
};
