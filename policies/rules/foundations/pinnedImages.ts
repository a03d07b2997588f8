import type { Rule } from "../../rule";
import { deployment, prometheus, sample } from "../../samples";
import { pinned, podKinds, podVariables } from "./parts";

export const pinnedImages: Rule = {
  id: "S3",
  title: "Images are pinned",
  why: "Whoever may push to a moving tag runs code in the platform at the next restart, and nobody can say what ran before.",
  severity: "medium",
  references: ["https://kubernetes.io/docs/concepts/containers/images/#image-names"],
  scope: "everywhere",
  on: podKinds,
  variables: {
    ...podVariables,
    // The operator's kinds may leave theirs out: the operator has pinned ones of its own.
    images: `variables.containers.filter(c, has(c.image)).map(c, c.image)
      + (has(variables.pod.image) ? [variables.pod.image] : [])
      + (has(variables.pod.thanos) && has(variables.pod.thanos.image) ? [variables.pod.thanos.image] : [])`,
  },
  validations: [
    {
      expression: `variables.images.all(image, ${pinned("image")})`,
      message: "Give each image a version other than latest, or a digest.",
    },
  ],
  samples: {
    good: [
      deployment({ image: "example.org:5000/team/program:v1.2.3" }),
      deployment({ image: `program@sha256:${"0".repeat(64)}` }),
      prometheus({}),
      prometheus({
        image: "quay.io/prometheus/prometheus:v3.9.1",
        containers: [{ name: "config-reloader" }],
      }),
    ],
    bad: [
      deployment({ image: "program" }),
      deployment({ image: "program:latest" }),
      deployment({ image: "program:" }),
      deployment({ image: "example.org:5000/program" }),
      deployment({ image: "program@sha256:0000" }),
      deployment({}, { initContainers: [{ name: "i", image: "i" }] }),
      sample("v1/Pod", { spec: { containers: [{ name: "i", image: "i" }] } }),
      sample("batch/v1/CronJob", {
        spec: {
          schedule: "0 0 * * *",
          jobTemplate: {
            spec: {
              template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "c" }] } },
            },
          },
        },
      }),
      prometheus({ image: "prometheus:latest" }),
      prometheus({ thanos: { image: "thanos" } }),
    ],
  },
};
