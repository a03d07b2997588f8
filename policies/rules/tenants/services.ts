import { type Fields, quoteAll, type Rule } from "../../rule";
import { sample } from "../../samples";

const service = (spec: Fields) =>
  sample("v1/Service", {
    spec: { selector: { app: "sample" }, ports: [{ name: "metrics", port: 9100 }], ...spec },
  });

export const services: Rule = {
  id: "T10a",
  title: "Services lead to pods of their namespace",
  why: "A Service with another destination has Prometheus scrape, and probes ask, another tenant's pods or the platform's under the own name.",
  severity: "critical",
  references: ["https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors"],
  scope: "tenants",
  on: ["v1/Service"],
  validations: [
    {
      expression: 'object.?spec.?type.orValue("ClusterIP") != "ExternalName"',
      message: "Ask the other name directly: a Service of type ExternalName leads out of the namespace.",
    },
    {
      expression: "size(object.?spec.?selector.orValue({})) > 0",
      message: "Give the Service a selector: without one, its addresses are written by hand.",
    },
    {
      expression: "size(object.?spec.?externalIPs.orValue([])) == 0",
      message: "Leave spec.externalIPs out: it takes over another's address.",
    },
    {
      expression: `!(object.?spec.?type.orValue("ClusterIP") in ${quoteAll(["NodePort", "LoadBalancer"])})`,
      message: "Use a Service of type ClusterIP: what is shown outside goes through the edge.",
    },
  ],
  samples: {
    good: [service({}), service({ type: "ClusterIP" }), service({ clusterIP: "None" })],
    bad: [
      service({ type: "ExternalName", externalName: "sample-app.beta.svc.cluster.local" }),
      service({ selector: undefined }),
      service({ selector: {} }),
      service({ selector: undefined, clusterIP: "None" }),
      service({ externalIPs: ["192.0.2.1"] }),
      service({ type: "NodePort" }),
      service({ type: "LoadBalancer" }),
    ],
  },
};
