/** What every container asks for, in one table. */
import { edgePrograms, programs } from "../names";
import type { Resources } from "./workload";

export type Size = "small" | "medium" | "large";

type Row = Readonly<Record<Size, Resources>>;

const of = (cpu: string, memory: string, memoryLimit: string): Resources => ({ cpu, memory, memoryLimit });

/** Proxies hold a connection and a few kilobytes a request. */
const proxy: Row = {
  small: of("10m", "32Mi", "128Mi"),
  medium: of("100m", "64Mi", "256Mi"),
  large: of("250m", "128Mi", "512Mi"),
};

/**
 * Requests are what a program uses day by day, limits what it may need for a moment.
 *
 * `small` is for a laptop: everything twice on 2 cores and 8 GiB, where Kubernetes itself takes about 1 core and 1.5 GiB. All
 * requests of the platform, with one Grafana, come to 364m of CPU and 2.2 GiB; a test adds them up. Idle, the Go programs here use 20 to 60 MiB.
 *
 * `medium` is for about 1 million active series. Prometheus needs about 3 KiB for a series in its head block, so 3 GiB, and twice
 * that while it cuts a block or answers large queries.
 *
 * `large` is for about 5 million: five times the memory where it grows with series, less where it grows with queries.
 */
const table: Readonly<Record<string, Row>> = {
  [programs.tenantPrometheus]: {
    small: of("25m", "192Mi", "512Mi"),
    medium: of("1", "4Gi", "8Gi"),
    large: of("4", "20Gi", "32Gi"),
  },
  // Watches a handful of programs, whatever the number of tenants: some 20,000 series, 60 MiB.
  [programs.platformPrometheus]: {
    small: of("25m", "160Mi", "512Mi"),
    medium: of("100m", "256Mi", "1Gi"),
    large: of("250m", "512Mi", "2Gi"),
  },
  // Uploads a block every two hours, streamed; a query through StoreAPI passes its chunks in memory.
  "thanos-sidecar": {
    small: of("5m", "48Mi", "512Mi"),
    medium: of("50m", "256Mi", "1Gi"),
    large: of("250m", "1Gi", "4Gi"),
  },
  // At rest it takes 36 MiB.
  "config-reloader": {
    small: of("5m", "40Mi", "64Mi"),
    medium: of("10m", "48Mi", "96Mi"),
    large: of("10m", "48Mi", "128Mi"),
  },
  // Holds all monitors of all tenants in its cache.
  [programs.operator]: {
    small: of("10m", "48Mi", "256Mi"),
    medium: of("50m", "128Mi", "512Mi"),
    large: of("100m", "256Mi", "1Gi"),
  },
  // Memory goes with the samples of queries under way: 16 bytes a sample, 50 million samples in 1 GiB.
  [programs.query]: {
    small: of("15m", "64Mi", "512Mi"),
    medium: of("250m", "512Mi", "2Gi"),
    large: of("1", "2Gi", "8Gi"),
  },
  // For people at one page, not for dashboards.
  [programs.operatorQuery]: {
    small: of("5m", "48Mi", "512Mi"),
    medium: of("50m", "128Mi", "2Gi"),
    large: of("250m", "512Mi", "8Gi"),
  },
  // Without its cache, which is added where its size is configured.
  [programs.queryFrontend]: {
    small: of("10m", "48Mi", "512Mi"),
    medium: of("100m", "128Mi", "512Mi"),
    large: of("250m", "256Mi", "1Gi"),
  },
  // Index cache and chunk pool take three tenths of the limit each.
  [programs.store]: {
    small: of("15m", "64Mi", "512Mi"),
    medium: of("250m", "1Gi", "4Gi"),
    large: of("1", "4Gi", "12Gi"),
  },
  // Idle but for the minutes when it merges: then it holds the symbols and postings of the largest set of blocks.
  [programs.compact]: {
    small: of("5m", "48Mi", "512Mi"),
    medium: of("250m", "512Mi", "4Gi"),
    large: of("1", "2Gi", "12Gi"),
  },
  // Parses and streams: a query of the largest size takes some 30 MiB, and a few of them run at once. A thousand connections of strangers, each
  // with the longest headers, take 100 MiB.
  [programs.readGateway]: {
    small: of("15m", "48Mi", "384Mi"),
    medium: of("200m", "128Mi", "768Mi"),
    large: of("750m", "256Mi", "1536Mi"),
  },
  // Holds a message of each stream at a time; 14 MiB at rest.
  "store-guard": {
    small: of("2m", "16Mi", "128Mi"),
    medium: of("50m", "32Mi", "256Mi"),
    large: of("250m", "64Mi", "512Mi"),
  },
  // Reads an object at a time, of 1.5 MiB at most; 20 MiB at rest.
  [programs.admissionWebhook]: {
    small: of("2m", "24Mi", "256Mi"),
    medium: of("50m", "48Mi", "512Mi"),
    large: of("100m", "64Mi", "512Mi"),
  },
  // versitygw moves objects in pieces of 1 MiB; 33 MiB at rest.
  [programs.s3]: {
    small: of("10m", "48Mi", "256Mi"),
    medium: of("100m", "128Mi", "1Gi"),
    large: of("500m", "256Mi", "2Gi"),
  },
  // Traefik needs 50 MiB at rest and about 100 KiB a connection with HTTP/2 buffers.
  [programs.edge]: {
    small: of("15m", "64Mi", "256Mi"),
    medium: of("100m", "128Mi", "512Mi"),
    large: of("500m", "256Mi", "1Gi"),
  },
  // Grafana itself takes some 120 MiB at rest, and passes answers of queries on from memory.
  [programs.grafana]: {
    small: of("25m", "128Mi", "512Mi"),
    medium: of("250m", "256Mi", "1Gi"),
    large: of("500m", "512Mi", "2Gi"),
  },
  // Holds a handful of certificates and the platform's secrets in its cache.
  [edgePrograms.certManager]: {
    small: of("5m", "48Mi", "256Mi"),
    medium: of("10m", "64Mi", "256Mi"),
    large: of("10m", "64Mi", "256Mi"),
  },
  [edgePrograms.designateSolver]: proxy,
  // Sees one Service; keeps the records of one zone for the length of a round.
  [edgePrograms.externalDns]: {
    small: of("5m", "32Mi", "128Mi"),
    medium: of("10m", "48Mi", "256Mi"),
    large: of("10m", "48Mi", "256Mi"),
  },
  // Ten to ten thousand constant series.
  "sample-application": {
    small: of("5m", "16Mi", "64Mi"),
    medium: of("10m", "32Mi", "128Mi"),
    large: of("10m", "32Mi", "128Mi"),
  },
};

/** What one container of `program` asks for at `size`. */
export function resourcesFor(program: string, size: Size): Resources {
  const row = table[program];
  if (row === undefined) {
    throw new RangeError(
      `no resources are known for "${program}"; add a row to components/workload/sizes.ts`,
    );
  }
  return row[size];
}

/** Programs that the table knows. */
export const sizedPrograms: readonly string[] = Object.keys(table);
