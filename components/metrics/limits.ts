/** What a scrape may bring, in the fields of a Prometheus object. */
import type { EnvironmentConfig } from "../../config";
import type { PrometheusSpec } from "./prometheusSpec";

export type ScrapeLimits = EnvironmentConfig["metrics"]["limits"];

/**
 * Limits of the platform's own Prometheus. Its targets are our programs, so the limits only stop a program gone wild; they do not
 * follow the tenants' limits, as tight ones would blind the platform. Traefik and Prometheus emit at most a few thousand series.
 */
export const platformScrapeLimits: ScrapeLimits = {
  samples: 50_000,
  targets: 100,
  labels: 40,
  labelNameLength: 128,
  labelValueLength: 1024,
  bodySize: "16Mi",
  keepDroppedTargets: 100,
};

/**
 * Every limit twice: the enforced field is the most that a monitor can ask for, its twin is what a monitor gets that asks for
 * nothing.
 */
export const limitFields = (limits: ScrapeLimits): Partial<PrometheusSpec> => ({
  enforcedSampleLimit: limits.samples,
  sampleLimit: limits.samples,
  enforcedTargetLimit: limits.targets,
  targetLimit: limits.targets,
  enforcedLabelLimit: limits.labels,
  labelLimit: limits.labels,
  enforcedLabelNameLengthLimit: limits.labelNameLength,
  labelNameLengthLimit: limits.labelNameLength,
  enforcedLabelValueLengthLimit: limits.labelValueLength,
  labelValueLengthLimit: limits.labelValueLength,
  enforcedBodySizeLimit: byteSize(limits.bodySize),
  bodySizeLimit: byteSize(limits.bodySize),
  enforcedKeepDroppedTargets: limits.keepDroppedTargets,
  keepDroppedTargets: limits.keepDroppedTargets,
});

/** `16Mi` of Kubernetes as Prometheus and Thanos write it: `16MiB`. */
export const byteSize = (quantity: string): string => `${quantity}B`;
