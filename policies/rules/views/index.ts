/** G, L, A: Grafana, logs, traces, alerts. */
import type { Rule } from "../../rule";
import { alertmanagerAddress } from "./alertmanagerAddress";
import { dataSourceObjects } from "./dataSourceObjects";
import { dataSources } from "./dataSources";
import { dataSourceTls } from "./dataSourceTls";
import { grafanaEnvironment } from "./grafanaEnvironment";
import { grafanaIni } from "./grafanaIni";
import { grafanaMapping } from "./grafanaMapping";
import { grafanaObjects } from "./grafanaObjects";
import { tenancyFlags } from "./tenancyFlags";
import { tenancyText } from "./tenancyText";

export const viewRules: readonly Rule[] = [
  dataSources,
  dataSourceObjects,
  dataSourceTls,
  grafanaEnvironment,
  grafanaIni,
  grafanaObjects,
  grafanaMapping,
  tenancyText,
  tenancyFlags,
  alertmanagerAddress,
];
