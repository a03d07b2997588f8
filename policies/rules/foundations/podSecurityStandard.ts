import type { Rule } from "../../rule";
import { sample } from "../../samples";

const label = "pod-security.kubernetes.io/enforce";
const namespace = (labels?: object) =>
  sample("v1/Namespace", { metadata: { namespace: undefined, ...(labels === undefined ? {} : { labels }) } });

export const podSecurityStandard: Rule = {
  id: "S6e",
  title: "Namespaces hold every pod to the restricted standard",
  why: "Who may make pods in a namespace without it makes a privileged one, and owns the node and what runs there.",
  severity: "high",
  references: ["https://kubernetes.io/docs/concepts/security/pod-security-admission/"],
  scope: "everywhere",
  on: ["v1/Namespace"],
  validations: [
    {
      expression: `object.metadata.?labels[?"${label}"].orValue("") == "restricted"`,
      message: `Set the label ${label} to "restricted".`,
    },
  ],
  samples: {
    good: [
      namespace({ [label]: "restricted" }),
      namespace({ [label]: "restricted", "pod-security.kubernetes.io/enforce-version": "v1.34" }),
    ],
    bad: [
      namespace(),
      namespace({ [label]: "baseline" }),
      namespace({ [label]: "privileged" }),
      namespace({ "pod-security.kubernetes.io/warn": "restricted" }),
    ],
  },
};
