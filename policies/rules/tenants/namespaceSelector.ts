import { tenantAnnotations } from "../../../components/names";
import { monitorKinds } from "../../kinds";
import { podMonitor, probe, serviceMonitor } from "../../monitors";
import type { Rule } from "../../rule";
import { ownNamespaces } from "../../tenants";

const two = { [tenantAnnotations.namespaces]: "alpha,alpha-jobs" };
const ingress = (namespaceSelector: object) =>
  probe({ targets: { ingress: { selector: {}, namespaceSelector } } });

export const namespaceSelector: Rule = {
  id: "T3",
  title: "Monitors find targets in the tenant's own namespaces",
  why: "A monitor that selects other namespaces scrapes another tenant's programs into the own view.",
  severity: "critical",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.NamespaceSelector",
  ],
  scope: "tenants",
  on: monitorKinds,
  variables: {
    ...ownNamespaces,
    selectors: `[dyn(object).?spec.?namespaceSelector.orValue({}),
      dyn(object).?spec.?targets.?ingress.?namespaceSelector.orValue({})]`,
  },
  validations: [
    {
      expression: "variables.selectors.all(s, s.?any.orValue(false) == false)",
      message: "Leave namespaceSelector.any out, and name the tenant's namespaces in matchNames if need be.",
    },
    {
      expression: "variables.selectors.all(s, s.?matchNames.orValue([]).all(n, n in variables.namespaces))",
      message: "Name only namespaces of the tenant in namespaceSelector.matchNames.",
    },
  ],
  samples: {
    good: [
      serviceMonitor({}),
      serviceMonitor({}, { namespaceSelector: { any: false } }),
      serviceMonitor({}, { namespaceSelector: { matchNames: ["alpha"] } }),
      podMonitor({}, { namespaceSelector: { matchNames: ["alpha", "alpha-jobs"] } }, two),
      probe({}),
    ],
    bad: [
      serviceMonitor({}, { namespaceSelector: { any: true } }),
      serviceMonitor({}, { namespaceSelector: { matchNames: ["alpha", "beta"] } }),
      serviceMonitor({}, { namespaceSelector: { matchNames: ["alpha-jobs"] } }),
      podMonitor({}, { namespaceSelector: { any: true } }, two),
      podMonitor({}, { namespaceSelector: { matchNames: ["alpha,alpha-jobs"] } }, two),
      ingress({ matchNames: ["beta"] }),
      ingress({ any: true }),
    ],
  },
};
