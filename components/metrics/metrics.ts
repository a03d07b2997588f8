/**
 * Metrics from scrape to query:
 * targets ← Prometheus pairs (tenants', the platform's own) with Thanos sidecars → bucket ← store gateway, compactor;
 * tenants: query frontend → query → store guards → sidecars and store gateway; operators: query → sidecars and store gateway.
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

/** Programs that answer the tenants' queries, for the tenant that the query guard names. */
export interface TenantQueries {
  /** `<service>.<namespace>.svc` of the query frontend, for ranges; HTTP on `ports.http`. */
  readonly frontendHost: pulumi.Output<string>;
  /** `<service>.<namespace>.svc` of Thanos Query, for all else; HTTP on `ports.http`. */
  readonly queryHost: pulumi.Output<string>;
  /** Store guards that have rules and exemplars, as Thanos looks them up. */
  readonly rulesEndpoint: string;
}

export class Metrics extends pulumi.ComponentResource {
  /** The custom kinds. Monitors and rules of any namespace depend on them. */
  readonly definitions: OperatorCrds;
  /** Who scrapes tenants: bind the role to the account in each of their namespaces. */
  readonly tenantScraper: Scraper;
  /** Who reads the secrets and authorities that monitors refer to: bind it in namespaces whose monitors use them. */
  readonly operatorReferences: PrometheusOperator["references"];
  /** Where the tenants' queries go. */
  readonly tenantQueries: TenantQueries;
  /** `<service>.<namespace>.svc` of the operators' Thanos Query; HTTP on `ports.http`. It shows everything to whoever asks. */
  readonly operatorQueryHost: pulumi.Output<string>;

  constructor(name: string, args: MetricsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:metrics:Metrics", name, {}, opts);
    const { namespace, config, objectStore } = args;
    const { cluster, size, storageClass, metrics, thanos } = config;

    const made = cluster.kind !== "existing" || cluster.crds === "ours";
    this.definitions = new OperatorCrds(`${name}-crds`, { made }, { parent: this });
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
        program: programs.query,
        namespace,
        size,
        config: thanos,
        // The guards alone, and nothing of the platform's.
        endpoints: [tenants.guardEndpoint, store.guardEndpoint],
      },
      defined,
    );
    const operatorQuery = new ThanosQuery(
      `${name}-operator-query`,
      {
        program: programs.operatorQuery,
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
    this.tenantQueries = {
      frontendHost: frontend.host,
      queryHost: query.host,
      rulesEndpoint: tenants.guardEndpoint,
    };
    this.operatorQueryHost = operatorQuery.host;
    this.registerOutputs({ operatorQueryHost: this.operatorQueryHost });
  }
}
