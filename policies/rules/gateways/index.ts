/** Q, W: the ways in which telemetry is read and written. */
import type { Rule } from "../../rule";
import { allowedPaths } from "./allowedPaths";
import { authorizedTenant } from "./authorizedTenant";
import { defaultTenant } from "./defaultTenant";
import { edgeHeaders } from "./edgeHeaders";
import { ignoredPaths } from "./ignoredPaths";
import { labelProxyBypass } from "./labelProxyBypass";
import { labelProxyPlace } from "./labelProxyPlace";
import { labelProxyTenant } from "./labelProxyTenant";
import { nodePorts } from "./nodePorts";
import { prometheusQueryCost } from "./prometheusQueryCost";
import { queryCost } from "./queryCost";
import { queryGuardPlace } from "./queryGuardPlace";
import { rbacProxyUpstream } from "./rbacProxyUpstream";
import { receiveAddress } from "./receiveAddress";
import { splitTenants } from "./splitTenants";
import { tenantNames } from "./tenantNames";
import { writeLimits } from "./writeLimits";
import { writeLimitValues } from "./writeLimitValues";

export const gatewayRules: readonly Rule[] = [
  rbacProxyUpstream,
  labelProxyPlace,
  queryGuardPlace,
  nodePorts,
  labelProxyBypass,
  allowedPaths,
  ignoredPaths,
  labelProxyTenant,
  authorizedTenant,
  edgeHeaders,
  defaultTenant,
  queryCost,
  prometheusQueryCost,
  splitTenants,
  receiveAddress,
  writeLimits,
  writeLimitValues,
  tenantNames,
];
