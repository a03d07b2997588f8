/** R: resources that hide what they make. */
import type { Rule } from "../../rule";
import { monitoringCharts } from "./monitoringCharts";
import { patches } from "./patches";
import { stackAccess } from "./stackAccess";
import { stackAlertmanager } from "./stackAlertmanager";
import { stackGrafana } from "./stackGrafana";
import { stackReadable } from "./stackReadable";
import { stackSettings } from "./stackSettings";

export const unreadableRules: readonly Rule[] = [
  patches,
  monitoringCharts,
  stackReadable,
  stackSettings,
  stackAlertmanager,
  stackAccess,
  stackGrafana,
];
