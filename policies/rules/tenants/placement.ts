import { type Kind, workloadKinds } from "../../kinds";
import type { Fields, Rule } from "../../rule";
import { deployment, sample } from "../../samples";

const kinds = [
  "v1/Pod",
  ...workloadKinds,
  "v1/ReplicationController",
  "batch/v1/CronJob",
] as const satisfies readonly Kind[];

const pod = (spec: Fields) =>
  sample("v1/Pod", { spec: { containers: [{ name: "c", image: "example.org/c:v1" }], ...spec } });
const inTemplate = (spec: Fields) => deployment({}, spec);
const cronJob = (spec: Fields) =>
  sample("batch/v1/CronJob", {
    spec: {
      schedule: "0 0 * * *",
      jobTemplate: {
        spec: {
          template: {
            spec: {
              restartPolicy: "Never",
              containers: [{ name: "c", image: "example.org/c:v1" }],
              ...spec,
            },
          },
        },
      },
    },
  });
const toleration = (fields: Fields) => ({ tolerations: [{ operator: "Exists", ...fields }] });

export const placement: Rule = {
  id: "T14",
  title: "The scheduler places the pods of tenants, and none goes before the platform's",
  why: "A pod of a system class is made room for: within its quota it drives out Prometheus, the gateway and other tenants. A node's name or a toleration brings it onto nodes that are kept for others.",
  severity: "high",
  references: [
    "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/",
    "https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/",
  ],
  scope: "tenants",
  on: kinds,
  variables: {
    pod: `object.kind == "CronJob" ? dyn(object).spec.jobTemplate.spec.template.spec
      : object.kind == "Pod" ? dyn(object).spec : dyn(object).spec.template.spec`,
  },
  validations: [
    {
      expression: '!variables.pod.?priorityClassName.orValue("").matches("^(system|moat)-")',
      message:
        "Leave priorityClassName out, or name a class that is neither the cluster's own nor the platform's.",
    },
    {
      // The scheduler writes it into what stands.
      expression: 'oldObject != null || variables.pod.?nodeName.orValue("") == ""',
      message: "Leave nodeName out, and use nodeSelector or affinity instead.",
    },
    {
      expression: 'variables.pod.?tolerations.orValue([]).all(t, t.?key.orValue("") != "")',
      message: "Give each toleration a key: one without tolerates every taint.",
    },
    {
      expression:
        'variables.pod.?tolerations.orValue([]).all(t, !t.?key.orValue("").startsWith("node-role.kubernetes.io/"))',
      message: "Leave tolerations of node-role.kubernetes.io out: those nodes run the cluster.",
    },
  ],
  samples: {
    good: [
      pod({}),
      pod(toleration({ key: "node.kubernetes.io/not-ready" })),
      inTemplate({ priorityClassName: "batch" }),
      inTemplate(toleration({ key: "example.org/gpu" })),
      cronJob({}),
    ],
    bad: [
      pod({ priorityClassName: "system-node-critical" }),
      pod({ nodeName: "node-1" }),
      pod(toleration({})),
      pod(toleration({ effect: "NoExecute" })),
      pod(toleration({ key: "node-role.kubernetes.io/control-plane" })),
      inTemplate({ priorityClassName: "system-cluster-critical" }),
      inTemplate({ priorityClassName: "moat-platform" }),
      inTemplate({ nodeName: "node-1" }),
      inTemplate(toleration({})),
      cronJob({ priorityClassName: "system-node-critical" }),
    ],
  },
};
