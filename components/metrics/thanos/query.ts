/**
 * Thanos Query: evaluates PromQL over everything that has series. There are two:
 * the tenants': read gateway, query frontend → query → store guards → sidecars of the tenants' Prometheus set, store gateway;
 * the operators': edge → query → sidecars of both Prometheus sets, store gateway.
 */
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import type { EnvironmentConfig } from "../../../config";
import { toSeconds } from "../../../config/quantities";
import { images } from "../../../versions";
import { externalLabels, type programs } from "../../names";
import { KubernetesWorkload } from "../../workload/kubernetes";
import { resourcesFor, type Size } from "../../workload/sizes";
import type { Workload } from "../../workload/workload";
import { commonArgs, grpcArgs, grpcPort, httpPort, liveness, readiness } from "./common";

export interface ThanosQueryArgs {
  /** Whose it is: it has the program's name. */
  readonly program: QueryProgram;
  /** Namespace of the platform. */
  readonly namespace: string;
  /** Resource requests. */
  readonly size: Size;
  readonly config: EnvironmentConfig["thanos"];
  /** Where series are, as Thanos looks them up: `dnssrv+_grpc._tcp.<service>.<namespace>.svc` stands for every pod behind it. */
  readonly endpoints: readonly string[];
}

export type QueryProgram = typeof programs.query | typeof programs.operatorQuery;

export class ThanosQuery extends pulumi.ComponentResource {
  /** `<service>.<namespace>.svc`; HTTP on `ports.http`. Answers without asking who asks. */
  readonly host: pulumi.Output<string>;

  constructor(name: string, args: ThanosQueryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:metrics:ThanosQuery", name, {}, opts);
    const { namespace } = args;
    const program = new KubernetesWorkload(
      `${name}-program`,
      { namespace, workload: query(args) },
      { parent: this },
    );
    this.host = program.host;
    this.registerOutputs({ host: this.host });
  }
}

/** Thanos Query as a plain description. */
export const query = ({ program, size, config, endpoints }: ThanosQueryArgs): Workload => ({
  name: program,
  kind: "stateless",
  replicas: config.queryReplicas,
  // Gives its clients all addresses, so that they try the next when one does not answer.
  service: { type: "headless" },
  containers: [
    {
      name: program,
      image: images.thanos,
      args: queryArgs(config, endpoints),
      ports: [httpPort, grpcPort],
      readiness,
      liveness,
      resources: resourcesFor(program, size),
    },
  ],
});

/**
 * Partial answers are allowed and marked: while one of two sidecars is away, the other has the same series, and a query that failed
 * instead would lose what is there. Thanos adds a warning, which Grafana shows, and the query frontend does not cache such an answer.
 * Prometheus evaluates rules itself, so no alert rests on a partial answer. A client that prefers an error asks with
 * `partial_response=false`.
 *
 * The PromQL engine is Prometheus's own (the default): answers are the same as those of Prometheus in every corner case.
 */
export const queryArgs = (
  config: Pick<EnvironmentConfig["thanos"], "queryTimeout" | "queryConcurrency">,
  endpoints: readonly string[],
): string[] => [
  "query",
  ...commonArgs,
  ...grpcArgs,
  `--endpoint.sd-config=${stringify({ endpoints: endpoints.map((address) => ({ address })) })}`,
  // New pods are found within this time; it is the answer's usual time to live in a cluster.
  "--store.sd-dns-interval=5s",
  `--query.replica-label=${externalLabels.replica}`,
  // A request that names no tenant is nobody's: store guards refuse this name, since no namespace can have it.
  "--query.default-tenant-id=_nobody",
  "--query.auto-downsampling",
  "--query.partial-response",
  `--query.timeout=${config.queryTimeout}`,
  // A store that hangs must leave time for an answer from the others.
  `--store.response-timeout=${Math.ceil(toSeconds(config.queryTimeout) / 2)}s`,
  `--query.max-concurrent=${config.queryConcurrency}`,
  ...quantiles("request-duration-seconds", [0.1, 0.25, 0.75, 1.25, 3, 5, 10]),
  ...quantiles("request-samples", [100, 1_000, 10_000, 100_000, 1_000_000]),
  ...quantiles("request-series-seconds", [10, 100, 1_000, 10_000, 100_000]),
];

/** Buckets of Thanos's histograms of its own queries; upstream's defaults end too early to tell large queries apart. */
const quantiles = (what: string, buckets: readonly number[]): string[] =>
  buckets.map((bucket) => `--query.telemetry.${what}-quantiles=${bucket}`);
