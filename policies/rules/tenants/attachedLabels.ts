import { tenantLabel } from "../../../components/names";
import { monitorKinds } from "../../kinds";
import { maySet, podMonitor, probe, schemes, serviceMonitor } from "../../monitors";
import { quote, quoteAll, type Rule } from "../../rule";

/** Fields with names of Kubernetes labels that become labels of series. */
const fields = ["targetLabels", "podTargetLabels"];

export const attachedLabels: Rule = {
  id: "T2b",
  title: "Monitors attach no label that says whose a series is",
  why: "Labels that a monitor copies from Services and pods, or gives to a probe's targets, overwrite the tenant's as a relabeling does.",
  severity: "critical",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ServiceMonitorSpec",
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ProbeTargetStaticConfig",
  ],
  scope: "tenants",
  on: monitorKinds,
  validations: [
    ...fields.map((field) => ({
      // The operator turns every character but letters and digits into an underscore.
      expression: `dyn(object).?spec.?${field}.orValue([]).all(name,
        name != "" && name != "namespace" && !name.matches("^tenant[^a-zA-Z0-9]id$|^[^a-zA-Z0-9]{2}"))`,
      message: `Leave namespace, tenant_id, what begins with __ and empty names out of spec.${field}.`,
    })),
    {
      // The own namespace is what the label says anyway.
      expression: `dyn(object).?spec.?targets.?staticConfig.?labels.orValue({}).all(label, ${maySet("label")}
        || (label == ${quote(tenantLabel)} && dyn(object).spec.targets.staticConfig.labels[label] == namespaceObject.metadata.name)
        || (label == "__scheme__" && dyn(object).spec.targets.staticConfig.labels[label] in ${quoteAll(schemes)}))`,
      message:
        "Leave tenant_id, what begins with __ but for a __scheme__ of http or https, and any namespace but the own out of the labels of the probe's targets.",
    },
  ],
  samples: {
    good: [
      serviceMonitor({}, { targetLabels: ["app", "app.kubernetes.io/name"], podTargetLabels: ["version"] }),
      podMonitor({}, { podTargetLabels: ["namespace-of-origin"] }),
      probe({}, { labels: { site: "one", tenant: "alpha" } }),
      probe({}, { labels: { namespace: "alpha", __scheme__: "https" } }),
    ],
    bad: [
      serviceMonitor({}, { targetLabels: ["app", "namespace"] }),
      serviceMonitor({}, { targetLabels: ["app", ""] }),
      serviceMonitor({}, { podTargetLabels: ["tenant-id"] }),
      podMonitor({}, { podTargetLabels: [""] }),
      serviceMonitor({}, { targetLabels: ["__address__"] }),
      podMonitor({}, { podTargetLabels: ["tenant.id"] }),
      podMonitor({}, { podTargetLabels: ["_/address--"] }),
      probe({}, { labels: { namespace: "beta" } }),
      probe({}, { labels: { tenant_id: "alpha" } }),
      probe({}, { labels: { __scheme__: "http://sample-app.beta.svc:9100/metrics?x=" } }),
      probe({}, { labels: { __param_target: "http://sample-app.beta.svc" } }),
    ],
  },
};
