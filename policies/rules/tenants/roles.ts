import { metricsPermission } from "../../../components/names";
import { type Fields, quote, quoteAll, type Rule } from "../../rule";
import { sample } from "../../samples";

const { apiGroup, resource, subresource } = metricsPermission;

/** Everything that contains the permission, wildcards too. */
const metrics = [`${resource}/${subresource}`, `${resource}/*`, `*/${subresource}`, "*"];

/** Lists of a rule, of which none need be there. */
const any = (list: string, wanted: readonly string[]): string =>
  `r.?${list}.orValue([]).exists(x, x in ${quoteAll(wanted)})`;

const rbac = "rbac.authorization.k8s.io";

const role = (rule: Fields) =>
  sample("rbac.authorization.k8s.io/v1/Role", {
    rules: [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"] }, rule],
  });

export const roles: Rule = {
  id: "T11b",
  title: "Tenants make no role that reads metrics or hands out more rights than its holder has",
  why: "A Role with the permission that the read gateway asks for lets anybody whom a tenant chooses read metrics past the platform.",
  severity: "high",
  references: [
    "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping",
  ],
  scope: "tenants",
  platformMay: true,
  on: ["rbac.authorization.k8s.io/v1/Role"],
  variables: { rules: "has(object.rules) && object.rules != null ? object.rules : []" },
  validations: [
    {
      expression: `variables.rules.all(r, !(${any("apiGroups", [apiGroup, "*"])} && ${any("resources", metrics)}))`,
      message: `Leave ${quote(metrics[0] ?? "")} out, and name resources instead of *.`,
    },
    {
      expression: `variables.rules.all(r, !(${any("apiGroups", [rbac, "*"])} && ${any("verbs", ["escalate", "bind", "*"])}))`,
      message: `Leave escalate and bind out, and name verbs instead of * for ${rbac}.`,
    },
  ],
  samples: {
    good: [
      sample("rbac.authorization.k8s.io/v1/Role", { rules: [] }),
      role({ apiGroups: [""], resources: ["pods", "pods/log", "namespaces"], verbs: ["*"] }),
      role({ apiGroups: ["apps"], resources: ["*"], verbs: ["*"] }),
      role({ apiGroups: [rbac], resources: ["roles", "rolebindings"], verbs: ["get", "create"] }),
    ],
    bad: [
      role({ apiGroups: [""], resources: ["namespace/metrics"], verbs: ["get"] }),
      role({ apiGroups: ["*"], resources: ["namespace/metrics"], verbs: ["create"] }),
      role({ apiGroups: [""], resources: ["*"], verbs: ["get"] }),
      role({ apiGroups: ["", "apps"], resources: ["*/metrics"], verbs: ["get"] }),
      role({ apiGroups: [rbac], resources: ["roles"], verbs: ["escalate"] }),
      role({ apiGroups: [rbac], resources: ["roles", "rolebindings"], verbs: ["bind"] }),
      role({ apiGroups: [rbac], resources: ["*"], verbs: ["*"] }),
    ],
  },
};
