/** Every rule of the pack. */
import type { Rule } from "../rule";
import { foundationRules } from "./foundations";
import { gatewayRules } from "./gateways";
import { prometheusRules } from "./prometheus";
import { tenantRules } from "./tenants";
import { unreadableRules } from "./unreadable";
import { viewRules } from "./views";

export const rules: readonly Rule[] = [
  ...prometheusRules,
  ...tenantRules,
  ...gatewayRules,
  ...viewRules,
  ...foundationRules,
  ...unreadableRules,
];
