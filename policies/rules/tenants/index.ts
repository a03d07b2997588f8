/** T, P8a: what may be applied in the namespaces of tenants. The API server holds the same rules. */
import type { Rule } from "../../rule";
import { attachedLabels } from "./attachedLabels";
import { configuration } from "./configuration";
import { files } from "./files";
import { honorLabels } from "./honorLabels";
import { limits } from "./limits";
import { namespaceChanges } from "./namespaceChanges";
import { namespaceSelector } from "./namespaceSelector";
import { namespaces } from "./namespaces";
import { networkPolicies } from "./networkPolicies";
import { platformObjects } from "./platformObjects";
import { probes } from "./probes";
import { proxies } from "./proxies";
import { receivers } from "./receivers";
import { tenantRelabelings } from "./relabelings";
import { roleBindings } from "./roleBindings";
import { roles } from "./roles";
import { ruleBounds } from "./ruleBounds";
import { ruleLabels } from "./ruleLabels";
import { ruleTemplates } from "./ruleTemplates";
import { scrapeConfigs } from "./scrapeConfigs";
import { secretConfigurations } from "./secretConfigurations";
import { services } from "./services";
import { writtenEndpoints } from "./writtenEndpoints";

export const tenantRules: readonly Rule[] = [
  honorLabels,
  tenantRelabelings,
  attachedLabels,
  namespaceSelector,
  files,
  proxies,
  probes,
  scrapeConfigs,
  limits,
  configuration,
  ruleTemplates,
  ruleLabels,
  ruleBounds,
  receivers,
  services,
  writtenEndpoints,
  roleBindings,
  roles,
  networkPolicies,
  namespaces,
  platformObjects,
  namespaceChanges,
  secretConfigurations,
];
