/** The platform watches itself: the alerts on all its programs. Each program brings the monitor by which it is scraped. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../config";
import { group, type RuleGroup } from "./rules/alert";
import { availabilityAlerts } from "./rules/availability";
import { certificateAlerts, certificateRule } from "./rules/certificates";
import { grafanaAlerts } from "./rules/grafana";
import { guardAlerts } from "./rules/guards";
import { prometheusAlerts } from "./rules/prometheus";
import { thanosAlerts } from "./rules/thanos";

export interface SelfMonitoringArgs {
  /** Namespace of the platform. */
  readonly namespace: string;
  readonly config: EnvironmentConfig;
  /** Certificates that expose no metric themselves: whose → when it ends, RFC 3339. */
  readonly certificates: Readonly<Record<string, pulumi.Input<string>>>;
}

export class SelfMonitoring extends pulumi.ComponentResource {
  constructor(name: string, args: SelfMonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:metrics:SelfMonitoring", name, {}, opts);
    const { namespace } = args;
    new kubernetes.apiextensions.CustomResource(
      `${name}-rules`,
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        metadata: { name: "platform", namespace },
        spec: { groups: platformRules(args) },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

/** All rules about the platform, in the groups in which Prometheus evaluates them. */
export const platformRules = ({
  config,
  certificates,
}: Omit<SelfMonitoringArgs, "namespace">): RuleGroup[] => [
  group("availability", availabilityAlerts(config)),
  group("prometheus", prometheusAlerts(config)),
  group("thanos", thanosAlerts(config)),
  group("guards", guardAlerts(config)),
  ...(config.grafana.kind === "none" ? [] : [group("grafana", grafanaAlerts(config))]),
  {
    name: "certificates",
    rules: [
      ...Object.entries(certificates).map(([certificate, notAfter]) =>
        certificateRule(certificate, notAfter),
      ),
      ...group("", certificateAlerts(config)).rules,
    ],
  },
];
