/** P: objects of the operator that run Prometheus and Alertmanager. */
import type { Rule } from "../../rule";
import { adminApi } from "./adminApi";
import { alertReceivers } from "./alertReceivers";
import { arbitraryFiles } from "./arbitraryFiles";
import { enforcedLimits } from "./enforcedLimits";
import { enforcedNamespaceLabel } from "./enforcedNamespaceLabel";
import { excludedFromEnforcement } from "./excludedFromEnforcement";
import { exposedPorts } from "./exposedPorts";
import { externalLabels } from "./externalLabels";
import { ignoreNamespaceSelectors } from "./ignoreNamespaceSelectors";
import { managedConfiguration } from "./managedConfiguration";
import { matcherStrategy } from "./matcherStrategy";
import { namespaceSelectors } from "./namespaceSelectors";
import { nodeNetwork } from "./nodeNetwork";
import { outgoingRelabelings } from "./outgoingRelabelings";
import { overrideHonorLabels } from "./overrideHonorLabels";
import { overrideHonorTimestamps } from "./overrideHonorTimestamps";
import { remoteWriteHeaders } from "./remoteWriteHeaders";
import { rulerLabels } from "./rulerLabels";
import { rulerNamespaceLabel } from "./rulerNamespaceLabel";
import { scrapeConfigSelectors } from "./scrapeConfigSelectors";

export const prometheusRules: readonly Rule[] = [
  enforcedNamespaceLabel,
  rulerNamespaceLabel,
  overrideHonorLabels,
  overrideHonorTimestamps,
  ignoreNamespaceSelectors,
  arbitraryFiles,
  enforcedLimits,
  excludedFromEnforcement,
  managedConfiguration,
  alertReceivers,
  scrapeConfigSelectors,
  namespaceSelectors,
  externalLabels,
  remoteWriteHeaders,
  outgoingRelabelings,
  rulerLabels,
  adminApi,
  matcherStrategy,
  exposedPorts,
  nodeNetwork,
];
