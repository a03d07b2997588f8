/** G, L, A: Grafana, logs, traces, alerts. */
import type { Rule } from "../../rule";

export const viewRules: readonly Rule[] = [];
