/** Does Grafana answer people, and is it answered? */
import type { EnvironmentConfig } from "../../../config";
import { programs } from "../../names";
import type { Alert } from "./alert";

const job = `job="${programs.grafana}"`;

export const grafanaAlerts = ({ grafana }: Pick<EnvironmentConfig, "grafana">): Alert[] =>
  grafana.kind === "none"
    ? []
    : [
        {
          name: "GrafanaErrors",
          expr:
            `sum(rate(grafana_http_request_duration_seconds_count{${job},status_code=~"5.."}[5m])) ` +
            `/ sum(rate(grafana_http_request_duration_seconds_count{${job}}[5m])) > 0.05`,
          for: "5m",
          severity: "warning",
          summary: "{{ $value | humanizePercentage }} of Grafana's answers are errors",
          description:
            "People see pages or panels fail. The read gateway and clients of their own are not affected.",
        },
        {
          name: "GrafanaRefused",
          expr: `sum by (code) (increase(grafana_datasource_request_total{${job},code=~"401|403"}[10m])) > 0`,
          for: "5m",
          severity: "warning",
          summary: "The read gateway answers Grafana with {{ $labels.code }}",
          description:
            "A tenant's dashboards are empty: its certificate has ended or is of another authority (401), or it may not read one of its namespaces (403).",
        },
      ];
