import type { Size } from "../workload/sizes";

/** Copies of the platform's own Prometheus: what watches the platform is itself doubled, but on a laptop. */
export const platformReplicas = (size: Size): number => (size === "small" ? 1 : 2);
