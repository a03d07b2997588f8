/** What the operator and Prometheus make of objects: our program around their own code (toolchain/go-operator/operatorcheck). */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { z } from "zod";
import { prometheusSpec } from "../../../components/metrics/prometheusSpec";
import type { Fields } from "../../../policies/rule";
import type { GoProgram } from "../../../toolchain/artefacts";
import { buildGo } from "../../../toolchain/builder";
import { operatorModule, program } from "../../../toolchain/paths";
import { environment } from "../environment";

const operatorCheck: GoProgram = {
  name: "operatorcheck",
  version: "own",
  package: "./operatorcheck",
  module: operatorModule,
};

export const buildOperatorCheck = (): Promise<void> => buildGo([operatorCheck]);

const verdict = z.object({
  broken: z.string().optional(),
  refused: z.string().optional(),
  bytes: z.number(),
});

export type Verdict = z.output<typeof verdict>;

const some = { cpu: "1", memory: "2Gi", memoryLimit: "4Gi" };
const { metrics } = environment();

/** The tenants' Prometheus as the platform makes it. */
const prometheus = {
  apiVersion: "monitoring.coreos.com/v1",
  kind: "Prometheus",
  metadata: { name: "tenants", namespace: "moat-system" },
  spec: prometheusSpec({
    service: "prometheus-tenants",
    account: "prometheus-tenants",
    namespace: "moat-system",
    podSelector: {},
    scrapes: "tenant",
    replicas: 2,
    clusterName: "test",
    metrics,
    limits: metrics.limits,
    storageClass: undefined,
    objectStoreSecret: "bucket",
    resources: { prometheus: some, sidecar: some },
  }),
};

/** The verdicts, in the order of the objects. */
export async function verdictsOn(objects: readonly Fields[]): Promise<Verdict[]> {
  const child = spawn(program("operatorcheck"), { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  const verdicts: Verdict[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => verdicts.push(verdict.parse(JSON.parse(line))));
  child.stdin.end([prometheus, ...objects].map((object) => `${JSON.stringify(object)}\n`).join(""));
  const [code] = await ended;
  if (code !== 0 || verdicts.length !== objects.length)
    throw new Error(
      `operatorcheck ended with ${String(code)} after ${verdicts.length} of ${objects.length} objects`,
    );
  return verdicts;
}
