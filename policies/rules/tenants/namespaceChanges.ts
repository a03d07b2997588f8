import { objectLabels } from "../../../components/names";
import { quote, type Rule } from "../../rule";
import { sample } from "../../samples";

const role = quote(objectLabels.role);

const namespace = (labels: Readonly<Record<string, string>> | undefined) =>
  sample("v1/Namespace", { metadata: { name: "team", namespace: undefined, labels } });

export const namespaceChanges: Rule = {
  id: "T12d",
  title: "Namespaces of tenants are changed by the platform alone",
  why: "Their labels put these rules in force and their annotations say what the rules allow: who takes a label off, or raises a limit, is held by nothing.",
  severity: "critical",
  references: ["https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/"],
  scope: "tenants",
  platformMay: true,
  judges: "changes",
  on: ["v1/Namespace"],
  validations: [
    {
      expression: `!oldObject.metadata.?labels[?${role}].hasValue()`,
      message: "This namespace belongs to the platform's configuration: have it changed there.",
    },
  ],
  samples: {
    good: [namespace(undefined), namespace({ team: "a" })],
    bad: [
      namespace({ [objectLabels.role]: "tenant" }),
      namespace({ [objectLabels.role]: "platform" }),
      namespace({ [objectLabels.role]: "tenant", [objectLabels.tenant]: "alpha" }),
    ],
  },
};
