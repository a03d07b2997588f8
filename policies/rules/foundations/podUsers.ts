import type { Rule } from "../../rule";
import { deployment, prometheus, sample } from "../../samples";
import { podKinds, podVariables } from "./parts";

const nonRoot = { securityContext: { runAsNonRoot: true } };
const as = (user: number) => ({ securityContext: { runAsNonRoot: true, runAsUser: user } });

export const podUsers: Rule = {
  id: "S6a",
  title: "Pods do not run as root",
  why: "A program that is broken into as root needs but one hole in the kernel or the container engine to own the node and all pods on it.",
  severity: "high",
  references: ["https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted"],
  scope: "everywhere",
  on: podKinds,
  variables: {
    ...podVariables,
    nonRoot: "variables.pod.?securityContext.?runAsNonRoot.orValue(false)",
  },
  validations: [
    {
      // The operator adds containers to its pods, so there the pod itself must say it.
      expression: `(!variables.byOperator || variables.nonRoot)
        && variables.containers.all(c, c.?securityContext.?runAsNonRoot.orValue(variables.nonRoot))`,
      message: "Set securityContext.runAsNonRoot to true for the pod, and false for no container.",
    },
    {
      expression: `variables.pod.?securityContext.?runAsUser.orValue(1) != 0
        && variables.containers.all(c, c.?securityContext.?runAsUser.orValue(1) != 0)`,
      message: "Leave runAsUser out, or set it to another user than 0.",
    },
  ],
  samples: {
    good: [
      deployment({}, as(65_534)),
      deployment(nonRoot),
      deployment(as(1000), { securityContext: { fsGroup: 1000 } }),
      prometheus({ ...nonRoot, containers: [{ name: "prometheus" }] }),
    ],
    bad: [
      deployment({}),
      deployment({ securityContext: { runAsNonRoot: false } }, nonRoot),
      deployment(nonRoot, { initContainers: [{ name: "i", image: "example.org/i:v1" }] }),
      deployment({}, as(0)),
      deployment(as(0), nonRoot),
      prometheus({}),
      prometheus({ containers: [{ name: "prometheus", ...nonRoot }] }),
      sample("v1/Pod", { spec: { containers: [{ name: "c", image: "example.org/c:v1" }] } }),
    ],
  },
};
