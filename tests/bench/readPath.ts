/**
 * What the gateway costs: the same query at the gateway, at the query frontend behind it and at Thanos Query behind that, from the
 * node to a pod each time, in one run and taking turns. The walls let a node talk to its pods, as its probes must.
 */
import { type ProgramName, ports, programs } from "../../components/names";
import { network } from "../../toolchain/cluster/settings";
import { readyPod } from "../support/live/bare";
import type { Environment } from "../support/live/environment";
import { tenantClient } from "../support/live/gateway";
import { type Ask, keepAlive, type Server, send } from "../support/live/http";
import { tell } from "../support/live/progress";
import { queryString } from "../support/live/prometheusApi";
import { platformNamespace, settings } from "../support/live/settings";
import { summarise } from "./statistics";

export interface ReadFigures {
  readonly path: string;
  readonly series: number;
  /** Milliseconds, one query at a time. */
  readonly p50: number;
  readonly p99: number;
  /** Requests a second, eight at a time. */
  readonly throughput: number;
}

interface Path {
  readonly name: string;
  readonly server: Server;
  readonly headers: readonly (readonly [string, string])[];
  readonly matcher: string;
}

const rounds = 3;
const concurrency = 8;

/** Answers of these sizes come from the sample applications of Pulumi.dev.yaml: beta has 1,000 series. */
const cases = [
  { series: 1, requests: 200, query: (m: string) => `sample_orders_total{item="0"${m}}` },
  { series: 1000, requests: 40, query: (m: string) => `sample_orders_total{shop="beta"${m}}` },
];

export async function measureReadPath(env: Environment): Promise<ReadFigures[]> {
  const paths = await findPaths(env);
  const figures: ReadFigures[] = [];
  for (const { series, requests, query } of cases) {
    tell(`read path, ${series} series`);
    const asks = paths.map((path) => ({
      path,
      ask: { path: `/api/v1/query?${queryString({ query: query(path.matcher) })}`, headers: path.headers },
      latencies: [] as number[],
      rates: [] as number[],
    }));
    for (let round = 0; round <= rounds; round++) {
      for (const one of asks) {
        const latencies = await sequential(one.path.server, one.ask, requests);
        const rate = await parallel(one.path.server, one.ask, requests * 2);
        // The first round only warms connections and caches.
        if (round === 0) continue;
        one.latencies.push(...latencies);
        one.rates.push(rate);
      }
    }
    for (const { path, latencies, rates } of asks) {
      figures.push({ path: path.name, series, ...summarise(latencies), throughput: summarise(rates).p50 });
    }
  }
  return figures;
}

async function findPaths(env: Environment): Promise<Path[]> {
  const client = await tenantClient(env, "beta");
  const at = async (program: ProgramName, port: number, scheme: string) =>
    `${scheme}://${(await readyPod(program)).status.podIP}:${port}`;
  const bare = { headers: [], matcher: `,namespace="beta"` };
  return [
    // Operators' servers have no guards before the stores.
    { name: "Thanos Query", server: { url: await at(programs.operatorQuery, ports.http, "http") }, ...bare },
    {
      name: "query frontend and store guards",
      server: { url: await at(programs.queryFrontend, ports.http, "http") },
      headers: [["THANOS-TENANT", "beta"]],
      matcher: "",
    },
    {
      name: "read gateway",
      server: {
        url: await at(programs.readGateway, ports.readGateway, "https"),
        ca: env.caCertificate,
        servername: `${programs.readGateway}.${platformNamespace}.svc`,
        agent: keepAlive(concurrency),
      },
      headers: client.headers(),
      matcher: "",
    },
    {
      name: "edge and read gateway",
      server: {
        url: env.readGatewayUrl,
        ca: env.caCertificate,
        agent: keepAlive(concurrency),
        address: edgeOnNode(),
      },
      headers: client.headers(),
      matcher: "",
    },
  ];
}

/** Where the edge listens, as seen from the node, on which the benchmark runs. */
export function edgeOnNode(): { readonly host: string; readonly port: number } {
  const { service } = settings.edge;
  if (service.type !== "nodePort") throw new Error("the benchmark wants the edge on a port of the node");
  return { host: network.node, port: service.https };
}

async function timed(server: Server, ask: Ask): Promise<number> {
  const start = performance.now();
  const { status, body } = await send(server, ask);
  if (status !== 200) throw new Error(`${server.url}: ${status} ${body.slice(0, 200)}`);
  return performance.now() - start;
}

async function sequential(server: Server, ask: Ask, requests: number): Promise<number[]> {
  const latencies: number[] = [];
  for (let i = 0; i < requests; i++) latencies.push(await timed(server, ask));
  return latencies;
}

/** Requests a second. */
async function parallel(server: Server, ask: Ask, requests: number): Promise<number> {
  let left = requests;
  const start = performance.now();
  const worker = async () => {
    while (left-- > 0) await timed(server, ask);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return (requests / (performance.now() - start)) * 1000;
}
