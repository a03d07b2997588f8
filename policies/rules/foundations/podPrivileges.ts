import type { Rule } from "../../rule";
import { deployment, prometheus } from "../../samples";
import { podKinds, podVariables } from "./parts";

const locked = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
const container = (fields: object) => deployment({ securityContext: { ...locked, ...fields } });

export const podPrivileges: Rule = {
  id: "S6b",
  title: "Pods have no privileges, and can gain none",
  why: "A privileged container is root on its node: it reads every tenant's secrets, volumes and memory there.",
  severity: "critical",
  references: ["https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted"],
  scope: "everywhere",
  on: podKinds,
  // The operator locks down the containers that it writes; `containers` of its kinds only adds to them.
  variables: podVariables,
  validations: [
    {
      expression: "variables.containers.all(c, c.?securityContext.?privileged.orValue(false) == false)",
      message: "Leave securityContext.privileged out.",
    },
    {
      expression: `variables.containers.all(c,
        c.?securityContext.?allowPrivilegeEscalation.orValue(!variables.byOperator) == false)`,
      message: "Set securityContext.allowPrivilegeEscalation to false.",
    },
    {
      expression: `variables.containers.all(c,
        variables.byOperator && !has(c.securityContext) || "ALL" in c.?securityContext.?capabilities.?drop.orValue([]))`,
      message: "Set securityContext.capabilities.drop to [ALL].",
    },
    {
      expression: `variables.containers.all(c,
        c.?securityContext.?capabilities.?add.orValue([]).all(a, a == "NET_BIND_SERVICE"))`,
      message: "Leave all capabilities but NET_BIND_SERVICE out of securityContext.capabilities.add.",
    },
  ],
  samples: {
    good: [
      container({}),
      container({ capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } }),
      prometheus({ containers: [{ name: "prometheus", startupProbe: { periodSeconds: 3 } }] }),
    ],
    bad: [
      deployment({}),
      container({ allowPrivilegeEscalation: true }),
      container({ capabilities: { drop: ["NET_RAW"] } }),
      container({ capabilities: { drop: ["ALL"], add: ["SYS_PTRACE"] } }),
      deployment({ securityContext: locked }, { initContainers: [{ name: "i", image: "example.org/i:v1" }] }),
      prometheus({ containers: [{ name: "prometheus", securityContext: { ...locked, privileged: true } }] }),
    ],
  },
};
