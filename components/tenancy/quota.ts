/** How many objects a tenant's namespace may hold. Pure. */

/**
 * Monitors of all tenants share one Secret of 1 MiB, and their rules three ConfigMaps of 512 KiB; rules T7d and T8h bound each object. What
 * holds: all that one namespace may have, each at its worst, leaves a third of the Secret and of the ConfigMaps to the others. What does not:
 * several namespaces at their worst, all at once, fill them; so do secrets of a tenant with `scrapeCredentials`, which are written there too. To
 * share it out beforehand would leave each of twenty namespaces six monitors, as one that is usual takes a tenth of the worst. When the
 * Secret is full, the last configuration stays in force: OperatorFailing tells so, and ConfigurationFillsUp before, where monitors are usual.
 */
export const mostMonitoring = {
  servicemonitors: 30,
  podmonitors: 30,
  probes: 20,
  prometheusrules: 20,
} as const;

/**
 * Most bytes that a monitor adds to the Secret, which the operator compresses (its pkg/operator/gzip_config.go): 4 KiB of texts that gzip
 * makes nothing of, and a thousand relabelings that differ in nothing else take 7 KiB. A test draws and writes such monitors.
 */
export const monitorBytes = 8 * 1024;

/** The same of the largest of 113 monitors of public charts, next to no other. In one stream most of it is said already. */
const usualMonitorBytes = 640;

/** Kubernetes keeps no Secret and no ConfigMap with more (core/v1, MaxSecretSize). */
export const secretBytes = 1024 * 1024;

/** Monitors of all tenants that may fill half of the Secret, when they are usual. */
export const manyMonitors = Math.floor(secretBytes / 2 / usualMonitorBytes);

/** Bytes of the Secret that monitors of one namespace fill at their worst. */
export const worstConfiguration = (): number =>
  (mostMonitoring.servicemonitors + mostMonitoring.podmonitors + mostMonitoring.probes) * monitorBytes;

/**
 * Most bytes of the file that the operator makes of one PrometheusRule: the admission webhook refuses longer ones. Twenty of a namespace's fit
 * into two of the three ConfigMaps, each of half of 1 MiB (the operator's pkg/operator/rules.go). With a fourth every Prometheus restarts.
 */
export const ruleFileBytes = 48 * 1024;

/** Objects that cost the API server and its controllers, whoever runs them. */
const mostObjects = {
  "jobs.batch": 50,
  "cronjobs.batch": 50,
  "deployments.apps": 100,
  "replicasets.apps": 1000,
  "statefulsets.apps": 100,
  "daemonsets.apps": 20,
  replicationcontrollers: 50,
  services: 100,
  configmaps: 500,
  secrets: 500,
  serviceaccounts: 100,
  persistentvolumeclaims: 100,
  "ingresses.networking.k8s.io": 100,
  "networkpolicies.networking.k8s.io": 100,
} as const;

/** Pods that have ended for each that may run. They keep their address in their status after somebody else got it. */
const endedPods = 2;

export const monitoringCounts = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(mostMonitoring).map(([kind, most]) => [
      `count/${kind}.monitoring.coreos.com`,
      String(most),
    ]),
  );

/**
 * Counts of a quota.
 *
 * @param runningPods Pods that may run at the same time.
 */
export const objectCounts = (runningPods: number): Record<string, string> => ({
  "count/pods": String(runningPods * (1 + endedPods)),
  ...Object.fromEntries(Object.entries(mostObjects).map(([kind, most]) => [`count/${kind}`, String(most)])),
  ...monitoringCounts(),
});
