import type { Size } from "../workload/sizes";

/** Copies of the platform's own Prometheus and of the admission webhook: both are doubled, but on a laptop. */
export const platformReplicas = (size: Size): number => (size === "small" ? 1 : 2);
