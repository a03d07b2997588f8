/**
 * Metrics from scrape to query:
 * targets ← Prometheus pairs (tenants', the platform's own) with Thanos sidecars → bucket ← store gateway, compactor;
 * query frontend → query → sidecars and store gateway.
 */
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../config";
import { programs } from "../names";
import type { ObjectStore } from "../storage/objectStore";
import { platformScrapeLimits } from "./limits";
import { PrometheusOperator } from "./operator";
import { afterDefinitions, OperatorCrds } from "./operatorCrds";
import { PrometheusServers, type Scraper } from "./prometheus";
import { platformReplicas } from "./replicas";
import { ThanosCompact } from "./thanos/compact";
import { ThanosQuery } from "./thanos/query";
import { ThanosQueryFrontend } from "./thanos/queryFrontend";
import { ThanosStore } from "./thanos/store";

export interface MetricsArgs {
  /** Namespace of the platform. */
  readonly namespace: string;
  readonly config: EnvironmentConfig;
  /** Bucket for blocks. */
  readonly objectStore: ObjectStore;
}

export class Metrics extends pulumi.ComponentResource {
  /** The custom kinds. Monitors and rules of any namespace depend on them. */
  readonly definitions: OperatorCrds;
  /** Who scrapes tenants: bind the role to the account in each of their namespaces. */
  readonly tenantScraper: Scraper;
  /** Who reads the secrets and authorities that monitors refer to: bind it in namespaces whose monitors use them. */
  readonly operatorReferences: PrometheusOperator["references"];
  /** `<service>.<namespace>.svc` of the query frontend; HTTP on `ports.http`. Answers without asking who asks. */
  readonly queryFrontendHost: pulumi.Output<string>;

  constructor(name: string, args: MetricsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:metrics:Metrics", name, {}, opts);
    const { namespace, config, objectStore } = args;
    const { size, storageClass, metrics, thanos } = config;

    this.definitions = new OperatorCrds(`${name}-crds`, {}, { parent: this });
    // Every program has a monitor.
    const defined = { parent: this, ...afterDefinitions(this.definitions) };
    const operator = new PrometheusOperator(
      `${name}-operator`,
      { namespace, size },
      // At its start it leaves out the kinds that are not there.
      { ...defined, dependsOn: this.definitions },
    );

    const shared = { namespace, size, storageClass, objectStore, clusterName: config.clusterName, metrics };
    // It also goes first at a teardown: the operator takes down what it made.
    const operated = { ...defined, dependsOn: operator };
    const tenants = new PrometheusServers(
      `${name}-tenants`,
      {
        ...shared,
        program: programs.tenantPrometheus,
        scrapes: "tenant",
        replicas: metrics.replicas,
        limits: metrics.limits,
      },
      operated,
    );
    const platform = new PrometheusServers(
      `${name}-platform`,
      {
        ...shared,
        program: programs.platformPrometheus,
        scrapes: "platform",
        replicas: platformReplicas(size),
        limits: platformScrapeLimits,
      },
      operated,
    );
    this.tenantScraper = tenants.scraper;
    this.operatorReferences = operator.references;

    const store = new ThanosStore(
      `${name}-store`,
      { namespace, size, storageClass, objectStore, config: thanos },
      defined,
    );
    new ThanosCompact(
      `${name}-compact`,
      { namespace, size, storageClass, objectStore, config: thanos },
      defined,
    );
    const query = new ThanosQuery(
      `${name}-query`,
      {
        namespace,
        size,
        config: thanos,
        endpoints: [tenants.grpcEndpoint, platform.grpcEndpoint, store.grpcEndpoint],
      },
      defined,
    );
    const frontend = new ThanosQueryFrontend(
      `${name}-query-frontend`,
      { namespace, size, config: thanos, queryHost: query.host },
      defined,
    );
    this.queryFrontendHost = frontend.host;
    this.registerOutputs({ queryFrontendHost: this.queryFrontendHost });
  }
}
