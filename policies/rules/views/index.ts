/** G, L, A: Grafana, logs, traces, alerts. */
import type { Rule } from "../../rule";
import { alertmanagerAddress } from "./alertmanagerAddress";
import { dataSourceObjects } from "./dataSourceObjects";
import { dataSources } from "./dataSources";
import { grafanaEnvironment } from "./grafanaEnvironment";
import { grafanaIni } from "./grafanaIni";
import { grafanaObjects } from "./grafanaObjects";
import { tenancyFlags } from "./tenancyFlags";
import { tenancyText } from "./tenancyText";

export const viewRules: readonly Rule[] = [
  dataSources,
  dataSourceObjects,
  grafanaEnvironment,
  grafanaIni,
  grafanaObjects,
  tenancyText,
  tenancyFlags,
  alertmanagerAddress,
];
