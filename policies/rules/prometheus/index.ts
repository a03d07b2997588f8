/** P: objects of the operator that run Prometheus and Alertmanager. */
import type { Rule } from "../../rule";
import { adminApi } from "./adminApi";
import { enforcedLimits } from "./enforcedLimits";
import { enforcedNamespaceLabel } from "./enforcedNamespaceLabel";
import { overrideHonorLabels } from "./overrideHonorLabels";

export const prometheusRules: readonly Rule[] = [
  enforcedNamespaceLabel,
  overrideHonorLabels,
  enforcedLimits,
  adminApi,
];
