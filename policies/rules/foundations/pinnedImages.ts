import { type Kind, prometheusKinds, workloadKinds } from "../../kinds";
import type { Rule } from "../../rule";
import { deployment, prometheus, sample } from "../../samples";

/** Kinds that are a pod's description themselves, or of the operator, which keep it in `spec`. */
const direct = [
  "v1/Pod",
  ...prometheusKinds,
  "monitoring.coreos.com/v1/Alertmanager",
  "monitoring.coreos.com/v1/ThanosRuler",
] as const satisfies readonly Kind[];

/** A digest, or a tag that is not `latest`. A colon before the last slash belongs to a port. */
const pinned = (image: string): string =>
  `${image}.matches("@sha256:[0-9a-f]{64}$|^[^@]*:[^:/@]+$") && !${image}.matches(":latest$")`;

export const pinnedImages: Rule = {
  id: "S3",
  title: "Images are pinned",
  why: "Whoever may push to a moving tag runs code in the platform at the next restart, and nobody can say what ran before.",
  severity: "medium",
  references: ["https://kubernetes.io/docs/concepts/containers/images/#image-names"],
  scope: "everywhere",
  on: [...direct, ...workloadKinds, "v1/ReplicationController", "batch/v1/CronJob"],
  variables: {
    pod: `object.kind == "CronJob" ? object.spec.jobTemplate.spec.template.spec
      : object.kind in ["Pod", "Prometheus", "PrometheusAgent", "Alertmanager", "ThanosRuler"] ? object.spec
      : object.spec.template.spec`,
    // The operator's kinds may leave theirs out: the operator has pinned ones of its own.
    images: `variables.pod.?containers.orValue([]).filter(c, has(c.image)).map(c, c.image)
      + variables.pod.?initContainers.orValue([]).filter(c, has(c.image)).map(c, c.image)
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
