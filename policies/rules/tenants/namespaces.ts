import { objectLabels } from "../../../components/names";
import { quote, type Rule } from "../../rule";
import { sample } from "../../samples";

const labels = [objectLabels.role, objectLabels.tenant];

const namespace = (of: Readonly<Record<string, string>>) =>
  sample("v1/Namespace", { metadata: { name: "alpha", namespace: undefined, labels: of } });

export const namespaces: Rule = {
  id: "T12b",
  title: "Only the platform says whose a namespace is",
  why: "Walls, scrapes and these rules go by labels of namespaces: who sets them joins another tenant, or the platform.",
  severity: "critical",
  references: [
    "https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-namespace-by-its-name",
  ],
  scope: "tenants",
  platformMay: true,
  on: ["v1/Namespace"],
  validations: labels.map((name) => ({
    expression: `!object.metadata.?labels[?${quote(name)}].hasValue()`,
    message: `Leave the label ${name} to the platform.`,
  })),
  samples: {
    good: [namespace({}), namespace({ "pod-security.kubernetes.io/enforce": "restricted" })],
    bad: [
      namespace({ [objectLabels.role]: "tenant" }),
      namespace({ [objectLabels.role]: "platform" }),
      namespace({ [objectLabels.role]: "" }),
      namespace({ [objectLabels.tenant]: "beta" }),
    ],
  },
};
