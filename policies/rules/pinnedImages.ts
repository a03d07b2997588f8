import { at, type KubernetesObject, listAt, prometheus, type Rule } from "../rule";

/** Where each kind keeps the description of its pods. */
const podPaths: Readonly<Record<string, readonly string[]>> = {
  "v1/Pod": ["spec"],
  "v1/ReplicationController": ["spec", "template", "spec"],
  "apps/v1/Deployment": ["spec", "template", "spec"],
  "apps/v1/ReplicaSet": ["spec", "template", "spec"],
  "apps/v1/StatefulSet": ["spec", "template", "spec"],
  "apps/v1/DaemonSet": ["spec", "template", "spec"],
  "batch/v1/Job": ["spec", "template", "spec"],
  "batch/v1/CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
  "monitoring.coreos.com/v1/Prometheus": ["spec"],
  "monitoring.coreos.com/v1alpha1/PrometheusAgent": ["spec"],
  "monitoring.coreos.com/v1/Alertmanager": ["spec"],
  "monitoring.coreos.com/v1/ThanosRuler": ["spec"],
};

/** All images that the object names. The operator's kinds may leave theirs out: the operator has pinned ones of its own. */
function imagesOf(object: KubernetesObject): unknown[] {
  const pods = at(object, ...(podPaths[`${object.apiVersion}/${object.kind}`] ?? []));
  const containers = [...listAt(pods, "initContainers"), ...listAt(pods, "containers")];
  const images = [at(pods, "image"), at(pods, "thanos", "image"), ...containers.map((c) => at(c, "image"))];
  return images.filter((image) => image !== undefined);
}

/** A digest, or a tag that is not `latest`. A colon before the last slash belongs to a port. */
function isPinned(image: unknown): boolean {
  if (typeof image !== "string") return false;
  if (image.includes("@")) return /@sha256:[0-9a-f]{64}$/.test(image);
  const [, tag] = image.slice(image.lastIndexOf("/") + 1).split(":");
  return tag !== undefined && tag !== "" && tag !== "latest";
}

const deployment = (image: string): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  spec: {
    template: {
      spec: {
        containers: [
          { name: "c", image: "example.org/c:v1.0.0" },
          { name: "d", image },
        ],
      },
    },
  },
});

export const pinnedImages: Rule = {
  id: "S3",
  title: "Images are pinned",
  why: "Whoever may push to a moving tag runs code in the platform at the next restart, and nobody can say what ran before.",
  severity: "medium",
  references: ["https://kubernetes.io/docs/concepts/containers/images/#image-names"],
  message: "Name a version other than latest, or a digest.",
  kinds: Object.keys(podPaths),
  check: (object) =>
    imagesOf(object)
      .filter((image) => !isPinned(image))
      .map((image) => `image "${String(image)}" is not pinned`),
  samples: {
    good: [
      deployment("example.org:5000/team/program:v1.2.3"),
      deployment(`program@sha256:${"0".repeat(64)}`),
      prometheus({}),
      prometheus({
        image: "quay.io/prometheus/prometheus:v3.9.1",
        containers: [{ name: "config-reloader" }],
      }),
    ],
    bad: [
      deployment("program"),
      deployment("program:latest"),
      deployment("program:"),
      deployment("example.org:5000/program"),
      deployment("program@sha256:0000"),
      { apiVersion: "v1", kind: "Pod", spec: { initContainers: [{ name: "i", image: "i" }] } },
      {
        apiVersion: "batch/v1",
        kind: "CronJob",
        spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: "c", image: "c" }] } } } } },
      },
      prometheus({ image: "prometheus:latest" }),
      prometheus({ thanos: { image: "thanos" } }),
    ],
  },
};
