/** Q, W: the ways in which telemetry is read and written. */
import type { Rule } from "../../rule";

export const gatewayRules: readonly Rule[] = [];
