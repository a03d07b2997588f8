/**
 * What the program costs beside the engine's floor: a preview of the stack without changes, and one of a stack of as many ConfigMaps
 * as the stack has resources, components too, through the same plugin, taking turns.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { root } from "../../toolchain/paths";
import { must } from "../../toolchain/shell";
import { apply, remove } from "../support/live/kubectl";
import { tell } from "../support/live/progress";
import { exportState, preview, readResources, up } from "../support/live/pulumi";
import { percentile } from "./statistics";

export interface EngineFigures {
  /** Resources of the stack: components and what plugins made, without the stack itself and its providers. */
  readonly resources: number;
  /** Seconds, median. */
  readonly preview: number;
  readonly floor: number;
  readonly noOpUp: number;
}

const rounds = 5;
const namespace = "bench-floor";

export async function measureEngine(): Promise<EngineFigures> {
  const resources = readResources(await exportState()).filter((r) => !r.type.startsWith("pulumi:")).length;
  const floorStack = await makeFloor(resources);
  try {
    const previews: number[] = [];
    const floors: number[] = [];
    const ups: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      tell(`preview, round ${round} of ${rounds}`);
      previews.push(await seconds(() => preview("--expect-no-changes")));
      floors.push(await seconds(() => floorStack("preview", "--expect-no-changes")));
      ups.push(await seconds(() => up()));
    }
    const median = (values: number[]) => percentile(values, 0.5);
    return { resources, preview: median(previews), floor: median(floors), noOpUp: median(ups) };
  } finally {
    await removeFloor(floorStack);
  }
}

type Pulumi = (...args: readonly string[]) => Promise<string>;

const projectFile = z.object({ runtime: z.unknown() });

const folder = join(root, ".moat", "bench-floor");
const floorNamespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };

/** A project of nothing but ConfigMaps, brought up. It lies in the checkout so that it finds the same packages. */
async function makeFloor(configMaps: number): Promise<Pulumi> {
  tell(`the engine's floor: ${configMaps} ConfigMaps`);
  mkdirSync(folder, { recursive: true });
  // The same runtime and options as the real program, so that what differs is the program.
  const { runtime } = projectFile.parse(parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")));
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    stringify({ name: "moat-bench-floor", main: "index.ts", runtime }),
  );
  writeFileSync(
    join(folder, "index.ts"),
    `import { core } from "@pulumi/kubernetes";
for (let i = 0; i < ${configMaps}; i++) {
  new core.v1.ConfigMap(\`floor-\${i}\`, { metadata: { name: \`floor-\${i}\`, namespace: "${namespace}" } });
}
`,
  );
  const pulumi: Pulumi = (...args) =>
    must("pulumi", [...args, "--stack", "floor", "--non-interactive"], { cwd: folder });
  await apply(floorNamespace);
  await must("pulumi", ["stack", "select", "--create", "--stack", "floor", "--non-interactive"], {
    cwd: folder,
  });
  await pulumi("up", "--yes", "--skip-preview");
  return pulumi;
}

async function removeFloor(pulumi: Pulumi): Promise<void> {
  await pulumi("destroy", "--yes", "--skip-preview");
  await must("pulumi", ["stack", "rm", "floor", "--yes", "--non-interactive"], { cwd: folder });
  await remove(floorNamespace);
  rmSync(folder, { recursive: true });
}

async function seconds(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}
