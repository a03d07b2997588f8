/** T: what tenants may apply in their namespaces. The API server holds the same rules. */
import type { Rule } from "../../rule";

export const tenantRules: readonly Rule[] = [];
