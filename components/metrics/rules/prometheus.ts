/** Do the Prometheus servers and their operator do what they are told, and is there room? */
import type { EnvironmentConfig } from "../../../config";
import { programs } from "../../names";
import { manyMonitors } from "../../tenancy/quota";
import { reloaderJob } from "../scrapes";
import type { Alert } from "./alert";

const tenants = `job="${programs.tenantPrometheus}"`;

export const prometheusAlerts = ({ metrics }: EnvironmentConfig): Alert[] => [
  {
    name: "AlwaysFiring",
    expr: "vector(1)",
    severity: "none",
    summary: "The alerts of the platform are evaluated",
    description: "Fires always. Whoever receives alerts should raise one when this one is missing.",
  },
  {
    name: "TargetDown",
    expr: "up == 0",
    for: "5m",
    severity: "warning",
    summary: "{{ $labels.pod }} of {{ $labels.job }} cannot be scraped",
    description: "The pod is not ready, or a network policy stands between it and Prometheus.",
  },
  {
    name: "PrometheusVolumeNearlyFull",
    expr:
      "(prometheus_tsdb_storage_blocks_bytes + prometheus_tsdb_wal_storage_size_bytes + prometheus_tsdb_head_chunks_storage_size_bytes) " +
      "/ prometheus_tsdb_retention_limit_bytes > 0.9",
    for: "30m",
    severity: "warning",
    summary: "{{ $labels.pod }} uses {{ $value | humanizePercentage }} of the room for its data",
    description: `At 100 % the oldest blocks go before ${metrics.retention} are over. Those already uploaded stay in the bucket.`,
  },
  {
    name: "PrometheusReloadFailing",
    expr: `prometheus_config_last_reload_successful == 0 or reloader_last_reload_successful{job="${reloaderJob}"} == 0`,
    for: "10m",
    severity: "warning",
    summary: "{{ $labels.pod }} does not take its configuration",
    description: "It goes on with the last good one: new monitors and rules have no effect.",
  },
  {
    name: "PrometheusDiscoveryFailing",
    expr: "increase(prometheus_sd_kubernetes_failures_total[10m]) > 0",
    for: "15m",
    severity: "warning",
    summary: "{{ $labels.pod }} is refused when it looks for targets",
    description:
      "A role binding in one of the namespaces is missing, or the API server is away. Targets known already are scraped.",
  },
  {
    name: "RuleEvaluationFailing",
    expr: "sum by (pod, rule_group) (increase(prometheus_rule_evaluation_failures_total[10m])) > 0",
    for: "10m",
    severity: "warning",
    summary: "{{ $labels.pod }} cannot evaluate {{ $labels.rule_group }}",
    description: "Alerts and recorded series of that group are missing.",
  },
  {
    name: "MonitorRefused",
    expr: `sum by (resource) (prometheus_operator_managed_resources{job="${programs.operator}",state="rejected"}) > 0`,
    for: "5m",
    severity: "info",
    summary: "The operator refuses {{ $value }} {{ $labels.resource }}",
    description: "An event at the object says why. Its owner's other objects are not affected.",
  },
  {
    name: "OperatorFailing",
    expr: `sum by (controller) (increase(prometheus_operator_reconcile_errors_total{job="${programs.operator}"}[10m])) > 0`,
    for: "15m",
    severity: "warning",
    summary: "The operator fails to set up Prometheus",
    description: "New and changed monitors and rules have no effect. What is scraped already goes on.",
  },
  {
    // Nobody tells the Secret's size.
    name: "ConfigurationFillsUp",
    expr: `sum(prometheus_operator_managed_resources{job="${programs.operator}",state="selected",resource=~"ServiceMonitor|PodMonitor|Probe"}) > ${manyMonitors}`,
    for: "15m",
    severity: "warning",
    summary: "{{ $value }} monitors share one configuration",
    description: "It may have 1 MiB compressed. When it is full, no change of any tenant is taken in.",
  },
  {
    // Prometheus counts these for all targets together; the runbook tells how to find the one.
    name: "ScrapeLimitExceeded",
    expr: [
      "prometheus_target_scrapes_exceeded_sample_limit_total",
      "prometheus_target_scrapes_exceeded_body_size_limit_total",
      "prometheus_target_scrape_pool_exceeded_target_limit_total",
      "prometheus_target_scrape_pool_exceeded_label_limits_total",
    ]
      .map((metric) => `increase(${metric}{${tenants}}[10m]) > 0`)
      .join(" or "),
    for: "10m",
    severity: "info",
    summary: "A tenant's target exceeds a limit",
    description:
      "Its scrapes fail whole, so that it cannot crowd out other tenants. The tenant sees `up == 0`.",
  },
];
