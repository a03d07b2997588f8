/** How many objects a tenant's namespace may hold. Pure. */

/**
 * Monitors and rules share one Secret of 1 MiB and three ConfigMaps of 512 KiB with those of all tenants; rules T7d and T8e bound each
 * of them. The largest that they let through, this often, leave room for the other tenants.
 */
export const mostMonitoring = {
  servicemonitors: 30,
  podmonitors: 30,
  probes: 20,
  prometheusrules: 20,
} as const;

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
