import { prometheusKinds } from "../../kinds";
import type { Rule } from "../../rule";
import { prometheus, sample } from "../../samples";

/** An entry that is right for a Prometheus in the namespace of the samples. */
const entry = { resource: "servicemonitors", namespace: "alpha", name: "kubelet" };
const old = { ruleNamespace: "alpha", ruleName: "platform" };

export const excludedFromEnforcement: Rule = {
  id: "P7",
  title: "Nothing is left out of enforcement but single objects of the platform",
  why: "An entry without a name leaves out a whole namespace: each of its monitors and rules forges labels and reads every tenant's series.",
  severity: "critical",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ObjectReference",
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRuleExcludeConfig",
  ],
  scope: "everywhere",
  on: [...prometheusKinds, "monitoring.coreos.com/v1/ThanosRuler"],
  variables: {
    // The platform's namespace is the one in which its Prometheus stands.
    own: 'object.?metadata.?namespace.orValue("default")',
    entries: "object.?spec.?excludedFromEnforcement.orValue([])",
    oldEntries: "object.?spec.?prometheusRulesExcludedFromEnforce.orValue([])",
  },
  validations: [
    {
      expression:
        'variables.entries.all(e, e.?name.orValue("").trim() != "" && e.?resource.orValue("") != "")',
      message: "Give each entry of spec.excludedFromEnforcement a resource and a name.",
    },
    {
      expression: 'variables.entries.all(e, e.?namespace.orValue("") == variables.own)',
      message:
        "Leave entries of other namespaces out of spec.excludedFromEnforcement: only objects beside this one are the platform's.",
    },
    {
      expression: `variables.oldEntries.all(e,
        e.?ruleName.orValue("").trim() != "" && e.?ruleNamespace.orValue("") == variables.own)`,
      message:
        "Give each entry of spec.prometheusRulesExcludedFromEnforce a name, and this object's own namespace. Better, use spec.excludedFromEnforcement.",
    },
  ],
  samples: {
    good: [
      prometheus({}),
      prometheus({ excludedFromEnforcement: [] }),
      prometheus({ excludedFromEnforcement: [entry, { ...entry, group: "monitoring.coreos.com" }] }),
      prometheus({ prometheusRulesExcludedFromEnforce: [old] }),
      sample("monitoring.coreos.com/v1/ThanosRuler", {
        spec: { excludedFromEnforcement: [{ ...entry, resource: "prometheusrules" }] },
      }),
    ],
    bad: [
      prometheus({ excludedFromEnforcement: [{ ...entry, name: undefined }] }),
      prometheus({ excludedFromEnforcement: [{ ...entry, name: "" }] }),
      prometheus({ excludedFromEnforcement: [{ ...entry, name: " " }] }),
      prometheus({ excludedFromEnforcement: [entry, { ...entry, namespace: "beta" }] }),
      prometheus({ prometheusRulesExcludedFromEnforce: [{ ...old, ruleName: "" }] }),
      prometheus({ prometheusRulesExcludedFromEnforce: [{ ...old, ruleNamespace: "beta" }] }),
      sample("monitoring.coreos.com/v1alpha1/PrometheusAgent", {
        spec: { excludedFromEnforcement: [{ ...entry, name: "" }] },
      }),
      sample("monitoring.coreos.com/v1/ThanosRuler", {
        spec: { prometheusRulesExcludedFromEnforce: [{ ...old, ruleName: "" }] },
      }),
    ],
  },
};
