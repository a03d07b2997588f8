/** T, P8a: what may be applied in the namespaces of tenants. The API server holds the same rules. */
import type { Rule } from "../../rule";
import { attachedLabels } from "./attachedLabels";
import { configuration } from "./configuration";
import { connections } from "./connections";
import { discovery } from "./discovery";
import { dnsNames } from "./dnsNames";
import { files } from "./files";
import { honorLabels } from "./honorLabels";
import { lastingTokens } from "./lastingTokens";
import { limits } from "./limits";
import { monitorExpressions } from "./monitorExpressions";
import { monitorTexts } from "./monitorTexts";
import { namespaceChanges } from "./namespaceChanges";
import { namespaceSelector } from "./namespaceSelector";
import { namespaces } from "./namespaces";
import { networkPolicies } from "./networkPolicies";
import { numbers } from "./numbers";
import { placement } from "./placement";
import { platformObjects } from "./platformObjects";
import { podStatuses } from "./podStatuses";
import { probes } from "./probes";
import { proxies } from "./proxies";
import { receivers } from "./receivers";
import { relabelFields } from "./relabelFields";
import { tenantRelabelings } from "./relabelings";
import { roleBindings } from "./roleBindings";
import { roles } from "./roles";
import { routeHosts } from "./routeHosts";
import { ruleBounds } from "./ruleBounds";
import { ruleExpressions } from "./ruleExpressions";
import { ruleLabels } from "./ruleLabels";
import { ruleNumbers } from "./ruleNumbers";
import { ruleReach } from "./ruleReach";
import { ruleTemplates } from "./ruleTemplates";
import { ruleTexts } from "./ruleTexts";
import { runningPods } from "./runningPods";
import { scrapeConfigs } from "./scrapeConfigs";
import { secretConfigurations } from "./secretConfigurations";
import { services } from "./services";
import { writtenEndpoints } from "./writtenEndpoints";

export const tenantRules: readonly Rule[] = [
  honorLabels,
  tenantRelabelings,
  attachedLabels,
  namespaceSelector,
  discovery,
  runningPods,
  files,
  proxies,
  probes,
  scrapeConfigs,
  limits,
  configuration,
  numbers,
  monitorTexts,
  monitorExpressions,
  relabelFields,
  ruleReach,
  ruleTemplates,
  ruleLabels,
  ruleBounds,
  ruleNumbers,
  ruleTexts,
  ruleExpressions,
  receivers,
  services,
  writtenEndpoints,
  roleBindings,
  roles,
  lastingTokens,
  networkPolicies,
  namespaces,
  platformObjects,
  namespaceChanges,
  connections,
  podStatuses,
  placement,
  routeHosts,
  dnsNames,
  secretConfigurations,
];
