/**
 * Thanos Query Frontend: splits the tenants' range queries, runs the parts side by side and remembers their answers.
 * read gateway → query frontend → query. Instant queries, labels and series do not pass it.
 */
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import type { EnvironmentConfig } from "../../../config";
import { images } from "../../../versions";
import { ports, programs } from "../../names";
import { KubernetesWorkload } from "../../workload/kubernetes";
import { resourcesFor, type Size } from "../../workload/sizes";
import type { Workload } from "../../workload/workload";
import { byteSize } from "../limits";
import { commonArgs, httpPort, liveness, readiness } from "./common";
import { withExtraMemory } from "./memory";

export interface ThanosQueryFrontendArgs {
  /** Namespace of the platform. */
  readonly namespace: string;
  /** Resource requests. */
  readonly size: Size;
  readonly config: EnvironmentConfig["thanos"];
  /** Service host of Thanos Query, which serves HTTP on `ports.http`. */
  readonly queryHost: pulumi.Input<string>;
}

export class ThanosQueryFrontend extends pulumi.ComponentResource {
  /** `<service>.<namespace>.svc`; HTTP on `ports.http`. Answers without asking who asks. */
  readonly host: pulumi.Output<string>;

  constructor(name: string, args: ThanosQueryFrontendArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:metrics:ThanosQueryFrontend", name, {}, opts);
    const { namespace } = args;
    const program = new KubernetesWorkload(
      `${name}-program`,
      { namespace, workload: queryFrontend(args) },
      { parent: this },
    );
    this.host = program.host;
    this.registerOutputs({ host: this.host });
  }
}

/** The query frontend as a plain description. */
export const queryFrontend = ({ size, config, queryHost }: ThanosQueryFrontendArgs): Workload => ({
  name: programs.queryFrontend,
  kind: "stateless",
  replicas: config.queryFrontendReplicas,
  // Gives its clients all addresses, so that they try the next when one does not answer.
  service: { type: "headless" },
  containers: [
    {
      name: programs.queryFrontend,
      image: images.thanos,
      args: queryFrontendArgs(config, queryHost),
      ports: [httpPort],
      readiness,
      liveness,
      resources: withExtraMemory(resourcesFor(programs.queryFrontend, size), config.cacheSize),
    },
  ],
});

/**
 * The cache's key is the query with its selectors, and the header with the namespaces, which the query guard sets and the frontend hands on.
 * So no tenant is ever served from another's entry.
 *
 * Queries are not sharded by series: it pays from some millions
 * of series a query on, and costs every smaller one a round through all stores for each shard.
 */
export const queryFrontendArgs = (
  config: Pick<EnvironmentConfig["thanos"], "splitInterval" | "cacheSize">,
  queryHost: pulumi.Input<string>,
): pulumi.Input<string>[] => [
  "query-frontend",
  ...commonArgs,
  pulumi.interpolate`--query-frontend.downstream-url=http://${queryHost}:${ports.http}`,
  // One frontend may send all parts of all its queries to one host; Go's default keeps two connections.
  `--query-frontend.downstream-tripper-config=${stringify({ max_idle_conns_per_host: 100 })}`,
  "--query-frontend.compress-responses",
  "--query-frontend.log-queries-longer-than=10s",
  `--query-range.split-interval=${config.splitInterval}`,
  "--query-range.align-range-with-step",
  "--query-range.max-retries-per-request=5",
  "--query-range.partial-response",
  `--query-range.response-cache-config=${inMemory(config.cacheSize)}`,
  "--cache-compression-type=snappy",
];

/** `validity: 0s` keeps an entry until it is pushed out: what it says of the past does not change. */
const inMemory = (size: string): string =>
  stringify({ type: "IN-MEMORY", config: { max_size: byteSize(size), validity: "0s" } });
