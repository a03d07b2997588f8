import { objectLabels } from "../../../components/names";
import { quote, type Rule } from "../../rule";
import { sample } from "../../samples";

const tenant = quote(objectLabels.tenant);
const role = quote(objectLabels.role);

const namespace = (labels: Readonly<Record<string, string>>) =>
  sample("v1/Namespace", { metadata: { name: "alpha", namespace: undefined, labels } });
const tenants = (name: string) => namespace({ [objectLabels.role]: "tenant", [objectLabels.tenant]: name });

export const tenantNames: Rule = {
  id: "W4",
  title: "A tenant's name is a label of DNS, and every namespace of tenants has one",
  why: "The name stands in paths, headers and lists of names: one with a separator in it is read as two tenants, one with dots as another's folder.",
  severity: "high",
  references: [
    "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names",
    "https://thanos.io/tip/components/receive.md/",
  ],
  scope: "everywhere",
  on: ["v1/Namespace"],
  variables: {
    labels: "object.?metadata.?labels.orValue({})",
    name: `variables.labels[?${tenant}].orValue("")`,
  },
  validations: [
    {
      expression: `variables.labels[?${role}].orValue("") != "tenant" || variables.name != ""`,
      message: `Give the namespace the label ${objectLabels.tenant} with its tenant's name.`,
    },
    {
      expression: 'variables.name == "" || variables.name.matches("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")',
      message: "Let a tenant's name be small letters, digits and hyphens, up to 63, no hyphen first or last.",
    },
    {
      expression: `variables.labels[?${role}].orValue("") != "platform" || variables.name == ""`,
      message: `Leave ${objectLabels.tenant} out of the platform's namespaces.`,
    },
  ],
  samples: {
    good: [tenants("alpha"), tenants("a-1"), namespace({ [objectLabels.role]: "platform" }), namespace({})],
    bad: [
      namespace({ [objectLabels.role]: "tenant" }),
      tenants("Alpha"),
      tenants("alpha.beta"),
      tenants("alpha_beta"),
      namespace({ [objectLabels.role]: "platform", [objectLabels.tenant]: "alpha" }),
    ],
  },
};
