/** The table of resources: it knows every program, its numbers make sense, and `small` fits a laptop. */

import { edgePrograms, programs } from "../../../components/names";
import { resourcesFor, type Size, sizedPrograms } from "../../../components/workload/sizes";
import { toBytes } from "../../../config/quantities";

const sizes: readonly Size[] = ["small", "medium", "large"];

const millicores = (cpu: string): number =>
  cpu.endsWith("m") ? Number(cpu.slice(0, -1)) : Number(cpu) * 1000;

/** It runs for a minute at a time, in a pod that cert-manager makes. */
const made: readonly string[] = [edgePrograms.acmeSolver];
const running = Object.values({ ...programs, ...edgePrograms }).filter((program) => !made.includes(program));

test.each(running)("knows %s", (program) => {
  for (const size of sizes) expect(resourcesFor(program, size).cpu).toMatch(/^\d+m?$/);
});

test.each(sizedPrograms)("%s asks for more at each size, and never for more than its limit", (program) => {
  const rows = sizes.map((size) => resourcesFor(program, size));
  for (const { memory, memoryLimit } of rows)
    expect(toBytes(memory)).toBeLessThanOrEqual(toBytes(memoryLimit));
  for (const of of [
    rows.map((r) => millicores(r.cpu)),
    rows.map((r) => toBytes(r.memory)),
    rows.map((r) => toBytes(r.memoryLimit)),
  ]) {
    expect(of).toEqual([...of].sort((a, b) => a - b));
  }
});

/** Containers of the platform when everything that can run twice does. */
const containers: Readonly<Record<string, number>> = {
  [programs.s3]: 1,
  [programs.operator]: 1,
  [programs.tenantPrometheus]: 2,
  [programs.platformPrometheus]: 2,
  "thanos-sidecar": 4,
  "config-reloader": 4,
  [programs.query]: 2,
  // One is enough where the platform's own Prometheus is one.
  [programs.operatorQuery]: 2,
  [programs.queryFrontend]: 2,
  [programs.store]: 2,
  [programs.compact]: 1,
  [programs.readGateway]: 2,
  // Beside the tenants' Prometheus servers and the store gateways.
  "store-guard": 4,
  // One is enough where the platform's own Prometheus is one.
  [programs.admissionWebhook]: 2,
  [programs.edge]: 2,
  // On its volume, of which there is one.
  [programs.grafana]: 1,
  "sample-application": 2,
};

test("everything small, twice, fits 2 cores and 8 GiB with Kubernetes beside it", () => {
  const total = (of: (program: string) => number) =>
    Object.entries(containers).reduce((sum, [program, count]) => sum + count * of(program), 0);
  // Where certificates and records are made in the cluster it is no laptop.
  const onLaptops = sizedPrograms.filter((p) => !Object.values<string>(edgePrograms).includes(p));
  expect(Object.keys(containers).sort()).toEqual(onLaptops.sort());
  expect(total((p) => millicores(resourcesFor(p, "small").cpu))).toBeLessThanOrEqual(364);
  expect(total((p) => toBytes(resourcesFor(p, "small").memory))).toBeLessThan(toBytes("2352Mi"));
});

test("says where to add a program that it does not know", () => {
  expect(() => resourcesFor("unknown", "small")).toThrow(
    'no resources are known for "unknown"; add a row to components/workload/sizes.ts',
  );
});
