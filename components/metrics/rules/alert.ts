/** The form in which the alerts of the platform are written. */
import type { IPrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import type { Leaves } from "../leaves";

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly Rule[];
}

export type Rule = Leaves<
  NonNullable<NonNullable<NonNullable<IPrometheusRule["spec"]>["groups"]>[number]["rules"]>[number]
>;

export interface Alert {
  /** CamelCase; also the heading in docs/runbooks/alerts.md. */
  readonly name: string;
  /** PromQL that has a result while the matter lasts. */
  readonly expr: string;
  /** How long it must last. Default: not at all. */
  readonly for?: string;
  /** `critical`: tenants notice now, or data is being lost. `warning`: they will if nobody acts. `info`: good to know. */
  readonly severity: "critical" | "warning" | "info" | "none";
  /** One line; may use the alert's labels as `{{ $labels.pod }}`. */
  readonly summary: string;
  /** What it means for users, and what goes on regardless. */
  readonly description: string;
}

const runbooks = "docs/runbooks/alerts.md";

/** The alert as Prometheus takes it. */
export const alertRule = ({ name, expr, severity, summary, description, ...rest }: Alert): Rule => ({
  alert: name,
  expr,
  ...(rest.for === undefined ? {} : { for: rest.for }),
  labels: { severity },
  annotations: { summary, description, runbook_url: `${runbooks}#${name.toLowerCase()}` },
});

export const group = (name: string, alerts: readonly Alert[]): RuleGroup => ({
  name,
  rules: alerts.map(alertRule),
});
