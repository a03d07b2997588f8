/** Does Thanos find, keep and tidy what it should? */
import type { EnvironmentConfig } from "../../../config";
import { toSeconds } from "../../../config/quantities";
import { programs } from "../../names";
import { platformReplicas } from "../replicas";
import { sidecarJob } from "../scrapes";
import type { Alert } from "./alert";

export const thanosAlerts = ({ metrics, size }: EnvironmentConfig): Alert[] => {
  // Which sidecars a query should reach: the tenants' through their guards, the operators' all.
  const sidecars = {
    [programs.query]: metrics.replicas,
    [programs.operatorQuery]: metrics.replicas + platformReplicas(size),
  };
  const any = `job=~"${Object.keys(sidecars).join("|")}"`;
  return [
    {
      name: "StoreUnreachable",
      expr: `(up{${any}} == 1) unless on (pod) thanos_store_nodes_grpc_connections{${any},store_type="store"} > 0`,
      for: "5m",
      severity: "critical",
      summary: "{{ $labels.pod }} reaches no store gateway",
      description: "Its answers lack what is older than Prometheus's own retention. They carry a warning.",
    },
    {
      name: "SidecarUnreachable",
      expr: Object.entries(sidecars)
        .map(
          ([job, count]) =>
            `(sum by (pod) (thanos_store_nodes_grpc_connections{job="${job}",store_type="sidecar"}) ` +
            `or on (pod) 0 * (up{job="${job}"} == 1)) < ${count}`,
        )
        .join(" or "),
      for: "5m",
      severity: "warning",
      summary: `{{ $labels.pod }} reaches only {{ $value }} sidecars`,
      description: "While one of each pair is reachable, answers are complete.",
    },
    {
      name: "QueryErrors",
      expr:
        `sum(rate(http_requests_total{job="${programs.queryFrontend}",code=~"5.."}[5m])) ` +
        `/ sum(rate(http_requests_total{job="${programs.queryFrontend}"}[5m])) > 0.05`,
      for: "5m",
      severity: "critical",
      summary: "{{ $value | humanizePercentage }} of queries fail",
      description: "Tenants see errors in their dashboards.",
    },
    {
      name: "UploadFailing",
      expr: `sum by (pod) (increase(thanos_shipper_upload_failures_total{job="${sidecarJob}"}[10m])) > 0`,
      for: "10m",
      severity: "critical",
      summary: "{{ $labels.pod }} cannot upload its blocks",
      description: `Prometheus keeps blocks for ${metrics.retention} and the sidecar tries again; after that they are lost.`,
    },
    {
      // A block is cut every block duration, half of it late, and uploaded at once.
      name: "UploadLate",
      expr:
        `time() - max by (pod) (thanos_objstore_bucket_last_successful_upload_time{job="${sidecarJob}"} > 0) ` +
        `> ${toSeconds(metrics.blockDuration) * 3}`,
      for: "15m",
      severity: "warning",
      summary: "{{ $labels.pod }} uploaded its last block {{ $value | humanizeDuration }} ago",
      description:
        "No failure is counted, but no block arrives either: the sidecar may hang, or Prometheus cuts no blocks.",
    },
    {
      name: "ObjectStoreFailing",
      expr:
        "sum by (job) (rate(thanos_objstore_bucket_operation_failures_total[5m])) " +
        "/ sum by (job) (rate(thanos_objstore_bucket_operations_total[5m])) > 0.2",
      for: "5m",
      severity: "critical",
      summary: "{{ $value | humanizePercentage }} of what {{ $labels.job }} asks of the object store fails",
      description:
        "The store is down, refuses the keys, or the way to it is closed. Blocks wait in Prometheus meanwhile.",
    },
    {
      name: "CompactorHalted",
      expr: `max(thanos_compact_halted{job="${programs.compact}"}) == 1`,
      for: "5m",
      severity: "critical",
      summary: "The compactor has halted",
      description:
        "It met blocks that it must not touch, such as overlapping ones, and does nothing until it is restarted after a repair. The bucket grows.",
    },
    {
      // It works in rounds and counts those that ended well; a large merge can take hours.
      name: "CompactorNotRunning",
      expr: `sum(increase(thanos_compact_iterations_total{job="${programs.compact}"}[12h])) < 1`,
      for: "1h",
      severity: "warning",
      summary: "The compactor has not finished a round for 12 hours",
      description:
        "Its volume may be full, or the object store fails it. The bucket grows and long queries slow down.",
    },
  ];
};
