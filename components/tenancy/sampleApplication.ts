/**
 * A sample application for a tenant: node_exporter's text-file collector serves the series written in a ConfigMap, and a
 * ServiceMonitor, such as tenants write themselves, has them scraped.
 */

import type { IServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { imageRef, images } from "../../versions";
import { ports, programLabels, selectorLabels } from "../names";

export interface SampleApplicationArgs {
  /** Name of the tenant; a label of the series. */
  readonly tenant: string;
  readonly namespace: pulumi.Input<string>;
  /** Number of series `sample_orders_total`. */
  readonly series: number;
}

const app = "sample-app";

/** Makes the application's objects as children of `opts.parent`: a component of its own would be one resource more for each tenant. */
export function sampleApplication(
  name: string,
  args: SampleApplicationArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const metadata = { name: app, namespace: args.namespace, labels: programLabels(app) };
  const text = sampleMetrics(args.tenant, args.series);
  const files = new kubernetes.core.v1.ConfigMap(
    `${name}-metrics`,
    { metadata, data: { "sample.prom": text } },
    opts,
  );
  const deployment = new kubernetes.apps.v1.Deployment(
    name,
    {
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: selectorLabels(app) },
        template: {
          metadata: { labels: programLabels(app) },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 65534,
              seccompProfile: { type: "RuntimeDefault" },
            },
            containers: [
              {
                name: app,
                image: imageRef(images.nodeExporter),
                args: [
                  `--web.listen-address=:${ports.nodeExporter}`,
                  "--collector.disable-defaults",
                  "--collector.textfile",
                  "--collector.textfile.directory=/etc/sample",
                  "--collector.time",
                ],
                ports: [{ name: "metrics", containerPort: ports.nodeExporter }],
                readinessProbe: { httpGet: { path: "/", port: "metrics" }, periodSeconds: 5 },
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ["ALL"] },
                },
                resources: { requests: { cpu: "5m", memory: "32Mi" }, limits: { memory: "64Mi" } },
                volumeMounts: [{ name: "metrics", mountPath: "/etc/sample", readOnly: true }],
              },
            ],
            volumes: [{ name: "metrics", configMap: { name: files.metadata.name } }],
          },
        },
      },
    },
    opts,
  );
  new kubernetes.core.v1.Service(
    `${name}-service`,
    {
      metadata,
      spec: {
        selector: selectorLabels(app),
        ports: [{ name: "metrics", port: ports.nodeExporter, targetPort: "metrics" }],
      },
    },
    { ...opts, dependsOn: [deployment] },
  );
  const monitor = serviceMonitor();
  new kubernetes.apiextensions.CustomResource(
    `${name}-monitor`,
    { apiVersion: monitor.apiVersion, kind: monitor.kind, metadata, spec: monitor.spec },
    opts,
  );
}

/** A monitor as a tenant would write it. */
export const serviceMonitor = (): IServiceMonitor => ({
  apiVersion: "monitoring.coreos.com/v1",
  kind: "ServiceMonitor",
  spec: {
    selector: { matchLabels: selectorLabels(app) },
    endpoints: [
      // A redirect would lead Prometheus to where the tenant cannot go itself.
      { port: "metrics", interval: "15s", followRedirects: false },
    ],
  },
});

/** Exposition text with `count` series of one counter, different for each tenant so that a leak shows. */
export function sampleMetrics(tenant: string, count: number): string {
  const lines = Array.from(
    { length: count },
    (_, i) => `sample_orders_total{shop="${tenant}",item="${i}"} ${(i + 1) * 10}`,
  );
  return [
    "# HELP sample_orders_total Orders taken.",
    "# TYPE sample_orders_total counter",
    ...lines,
    "",
  ].join("\n");
}
