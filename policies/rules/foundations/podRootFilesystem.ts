import type { Rule } from "../../rule";
import { deployment, prometheus } from "../../samples";
import { podKinds, podVariables } from "./parts";

const readOnly = { securityContext: { readOnlyRootFilesystem: true } };

export const podRootFilesystem: Rule = {
  id: "S6d",
  title: "Containers cannot change their own files",
  why: "Whoever may write one file of a gateway's container replaces its program or its rules, and stays until the next restart.",
  severity: "medium",
  references: [
    "https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.34/#securitycontext-v1-core",
  ],
  scope: "everywhere",
  on: podKinds,
  // The operator sets it for the containers that it writes.
  variables: podVariables,
  validations: [
    {
      expression: `variables.containers.all(c,
        c.?securityContext.?readOnlyRootFilesystem.orValue(variables.byOperator))`,
      message:
        "Set securityContext.readOnlyRootFilesystem to true, and mount an emptyDir where it must write.",
    },
  ],
  samples: {
    good: [
      deployment(readOnly),
      deployment(
        { ...readOnly, volumeMounts: [{ name: "tmp", mountPath: "/tmp" }] },
        { volumes: [{ name: "tmp", emptyDir: {} }] },
      ),
      prometheus({ containers: [{ name: "prometheus" }] }),
    ],
    bad: [
      deployment({}),
      deployment({ securityContext: { readOnlyRootFilesystem: false } }),
      deployment(readOnly, { initContainers: [{ name: "i", image: "example.org/i:v1" }] }),
      prometheus({
        containers: [{ name: "prometheus", securityContext: { readOnlyRootFilesystem: false } }],
      }),
    ],
  },
};
