/** All tenants of the environment, each with what it gets. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../config";
import type { ClusterDns } from "../../config/clusterDns";
import { hostsOf } from "../edge/traefik";
import type { Metrics } from "../metrics/metrics";
import { afterDefinitions } from "../metrics/operatorCrds";
import { authorRole } from "../names";
import { authorRules } from "./authors";
import { sampleApplication } from "./sampleApplication";
import { Tenant, type TenantOutput } from "./tenant";

export interface TenantsArgs {
  readonly config: EnvironmentConfig;
  /** The cluster's DNS. Default: the pods `k8s-app=kube-dns` of `kube-system`. */
  readonly dns?: ClusterDns | undefined;
  /** ClusterRole that lets its subjects read metrics (`MetricsAccess.readerRole`). */
  readonly readerRole: pulumi.Input<string>;
  /** Who scrapes them. */
  readonly metrics: Pick<Metrics, "definitions" | "tenantScraper" | "operatorReferences">;
  /** Judges their rules and completes their monitors: these come after it. */
  readonly webhook: pulumi.Resource;
  /** What scrapes them, as a whole: their quotas come after it. */
  readonly scraping: pulumi.Resource;
}

export class Tenants extends pulumi.ComponentResource {
  /** Tenants by name. */
  readonly outputs: Readonly<Record<string, TenantOutput>>;

  constructor(name: string, args: TenantsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:tenancy:Tenants", name, {}, opts);
    const outputs: Record<string, TenantOutput> = {};
    const author = new kubernetes.rbac.v1.ClusterRole(
      `${name}-author`,
      {
        metadata: { name: authorRole.name },
        rules: authorRules.map(({ apiGroups, resources, verbs }) => ({
          apiGroups: [...apiGroups],
          resources: [...resources],
          verbs: [...verbs],
        })),
      },
      { parent: this },
    );
    for (const tenant of args.config.tenants) {
      const made = new Tenant(
        `tenant-${tenant.name}`,
        {
          tenant,
          limits: args.config.metrics.limits,
          platformHosts: platformHosts(args.config),
          grafana: args.config.grafana.kind !== "none",
          platformNamespace: args.config.platformNamespace,
          dns: args.dns,
          readerRole: args.readerRole,
          authorRole: author.metadata.name,
          scraper: args.metrics.tenantScraper,
          scraping: args.scraping,
          references: args.metrics.operatorReferences,
        },
        { parent: this },
      );
      outputs[tenant.name] = made.output;
      if (tenant.sample !== undefined) {
        sampleApplication(
          `tenant-${tenant.name}-sample`,
          { tenant: tenant.name, namespace: tenant.namespaces[0], series: tenant.sample.series },
          // Its ServiceMonitor needs the custom resource's definition and who completes it, its pods the namespace.
          { parent: this, dependsOn: made, ...afterDefinitions(args.metrics.definitions, args.webhook) },
        );
      }
    }
    this.outputs = outputs;
    this.registerOutputs({});
  }
}

/** All hosts of the edge, whether it serves each of them or not. */
const platformHosts = ({ edge }: EnvironmentConfig): readonly string[] =>
  edge.domain === undefined ? [] : Object.values(hostsOf(edge.domain, { grafana: true }));
