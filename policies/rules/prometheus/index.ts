/** P: objects of the operator that run Prometheus and Alertmanager. */
import type { Rule } from "../../rule";
import { adminApi } from "./adminApi";
import { alertReceivers } from "./alertReceivers";
import { arbitraryFiles } from "./arbitraryFiles";
import { enforcedLimits } from "./enforcedLimits";
import { enforcedNamespaceLabel } from "./enforcedNamespaceLabel";
import { excludedFromEnforcement } from "./excludedFromEnforcement";
import { ignoreNamespaceSelectors } from "./ignoreNamespaceSelectors";
import { managedConfiguration } from "./managedConfiguration";
import { overrideHonorLabels } from "./overrideHonorLabels";
import { overrideHonorTimestamps } from "./overrideHonorTimestamps";
import { rulerNamespaceLabel } from "./rulerNamespaceLabel";
import { secretConfigurations } from "./secretConfigurations";

export const prometheusRules: readonly Rule[] = [
  enforcedNamespaceLabel,
  rulerNamespaceLabel,
  overrideHonorLabels,
  overrideHonorTimestamps,
  ignoreNamespaceSelectors,
  arbitraryFiles,
  enforcedLimits,
  excludedFromEnforcement,
  secretConfigurations,
  managedConfiguration,
  alertReceivers,
  adminApi,
];
