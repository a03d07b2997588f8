/** Do the guards keep tenants apart, and let through what they should? */
import type { EnvironmentConfig } from "../../../config";
import { storeGuardJob } from "../thanos/storeGuard";
import type { Alert } from "./alert";

const refused = "moat_query_guard_refused_total";

/** Refusals for want of room; all others are about what was asked. */
const full = "concurrency";

const unlet = "moat_gateway_refused_total";

export const guardAlerts = ({ metrics, thanos }: Pick<EnvironmentConfig, "metrics" | "thanos">): Alert[] => {
  const guards = metrics.replicas + thanos.storeReplicas;
  return [
    {
      name: "StoreGuardDown",
      expr: `(count(up{job="${storeGuardJob}"} == 1) or vector(0)) < ${guards}`,
      for: "5m",
      severity: "critical",
      summary: `{{ $value }} of ${guards} store guards are up`,
      description: "Tenants' queries lack what the stores behind the others have. Operators' do not.",
    },
    {
      name: "StoreGuardRefusing",
      expr: `sum by (pod, reason) (rate(moat_store_guard_refused_total[5m])) > 0`,
      for: "5m",
      severity: "critical",
      summary: "{{ $labels.pod }} refuses requests without a tenant or by other methods",
      description:
        "No program of the platform sends such. A program is set wrongly, or somebody asks the store past the query guard.",
    },
    {
      name: "QueryGuardEnforcement",
      expr: `sum by (tenant_namespace) (increase(${refused}{reason="enforcement"}[15m])) > 0`,
      severity: "critical",
      summary: "A query for {{ $labels.tenant_namespace }} could not be confined and was refused",
      description:
        "Nothing was shown. The guard met PromQL that it does not understand: a flaw in it, or somebody looks for one.",
    },
    {
      name: "TenantQueriesRefused",
      expr: `sum by (tenant_namespace, reason) (rate(${refused}{tenant_namespace!="",reason!="${full}"}[5m])) > 0.5`,
      for: "15m",
      severity: "info",
      summary: "Queries for {{ $labels.tenant_namespace }} are refused: {{ $labels.reason }}",
      description: "A dashboard or program of that tenant keeps asking what is out of bounds or no PromQL.",
    },
    {
      name: "TenantQueriesQueueFull",
      expr: `sum by (tenant_namespace) (rate(${refused}{reason="${full}"}[5m])) > 0.1`,
      for: "10m",
      severity: "warning",
      summary: "Queries for {{ $labels.tenant_namespace }} find all places taken",
      description: "The tenant asks for more at once than it may. No other tenant waits for it.",
    },
    {
      name: "GatewayCannotAsk",
      expr: `sum(rate(moat_gateway_reviews_total{answer="error"}[5m])) > 0.05`,
      for: "5m",
      severity: "critical",
      summary: "The read gateway asks the API server about tokens and rights, and gets no answer",
      description:
        "Whoever was let in stays for two minutes; then everybody is answered 503, but for what needs no question.",
    },
    {
      name: "GatewayCrowded",
      expr: `sum by (reason) (rate(${unlet}{reason=~".+_of_everybody"}[5m])) > 0.1`,
      for: "5m",
      severity: "warning",
      summary: "The read gateway turns newcomers away: {{ $labels.reason }}",
      description:
        "Strangers from many addresses use up what newcomers have together. Tokens, users and addresses that are known go on.",
    },
    {
      name: "GatewayStrangers",
      expr: `sum(rate(${unlet}{reason=~"unauthorized|.+_of_source"}[5m])) > 10`,
      for: "15m",
      severity: "info",
      summary: "{{ $value | humanize }} requests or connections a second do not get into the read gateway",
      description:
        "Somebody tries tokens, or a program goes on with one that has ended. It costs the others nothing.",
    },
    {
      name: "AdmissionReviewsFailing",
      expr: `sum by (path) (rate(moat_admission_reviews_total{answer="failed"}[5m])) > 0`,
      for: "5m",
      severity: "warning",
      summary: "The admission webhook cannot answer what it is asked at {{ $labels.path }}",
      description:
        "The API server refuses such rules. It asks in a way that the webhook does not know, or somebody else asks.",
    },
    {
      name: "RuleBeyondItsNamespace",
      expr: `sum(increase(moat_admission_refused_rules_total{reason="enforcement"}[15m])) > 0`,
      severity: "info",
      summary: "A tenant's rule that would have read other tenants' series was refused",
      description:
        "The Prometheus Operator cannot confine its expression, by mistake or by intent. The webhook's log has the namespace and the rule.",
    },
  ];
};
