/** How the platform's Prometheus finds the Prometheus servers: the operator makes their pods, each with three ports that have metrics, or four. */
import type { IPodMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor";
import { guardHttpPort, storeGuardJob } from "./thanos/storeGuard";

export const sidecarJob = "thanos-sidecar";
export const reloaderJob = "config-reloader";

type Endpoint = NonNullable<IPodMonitor["spec"]["podMetricsEndpoints"]>[number];

const scrape = (port: string, job: string): Endpoint => ({
  port,
  relabelings: [{ targetLabel: "job", replacement: job }],
});

/** The monitor of one set of servers; the port names are the operator's, but for that of the guard beside them. */
export const prometheusMonitor = (
  program: string,
  podSelector: Readonly<Record<string, string>>,
  guarded: boolean,
): IPodMonitor["spec"] => ({
  selector: { matchLabels: { ...podSelector } },
  podMetricsEndpoints: [
    scrape("web", program),
    scrape("http", sidecarJob),
    scrape("reloader-web", reloaderJob),
    ...(guarded ? [scrape(guardHttpPort, storeGuardJob)] : []),
  ],
});
