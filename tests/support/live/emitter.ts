/** A tenant's application that emits whatever metrics it is told to. */
import { ports } from "../../../components/names";
import { images } from "../../../versions";
import type { KubernetesObject } from "./kubectl";
import { podObject } from "./pods";

export interface EmitterArgs {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Text in Prometheus's exposition format. */
  readonly metrics: string;
}

/** ConfigMap, pod and Service. The Service's port is called `metrics`. */
export function emitter({ name, namespace, labels, metrics }: EmitterArgs): KubernetesObject[] {
  const metadata = { name, namespace, labels };
  const folder = "/etc/metrics";
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "metrics.prom": metrics } },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: {
        selector: labels,
        ports: [{ name: "metrics", port: ports.nodeExporter, targetPort: ports.nodeExporter }],
      },
    },
    podObject({
      name,
      namespace,
      labels,
      restart: "Always",
      containers: [
        {
          name: "emitter",
          image: images.nodeExporter,
          ports: [ports.nodeExporter],
          args: [
            `--web.listen-address=:${ports.nodeExporter}`,
            "--collector.disable-defaults",
            "--collector.textfile",
            `--collector.textfile.directory=${folder}`,
          ],
          mounts: [{ name: "metrics", mountPath: folder }],
        },
      ],
      volumes: [{ name: "metrics", configMap: { name } }],
    }),
  ];
}
