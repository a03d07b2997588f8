/** The real engine on the stack of the running environment. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { root } from "../../../toolchain/paths";
import { forgetSalt } from "../../../toolchain/pulumi";
import { type Result, run } from "../../../toolchain/shell";
import { stack, stackFile } from "./settings";

const options = ["--stack", stack, "--non-interactive"];

/** Runs the engine. The line with the passphrase's salt that it adds to the stack's file goes again: the state has it. */
export async function pulumi(...args: readonly string[]): Promise<Result> {
  try {
    return await run("pulumi", args, { cwd: root });
  } finally {
    forgetSalt(stack);
  }
}

export const preview = (...args: readonly string[]): Promise<Result> =>
  pulumi("preview", ...options, ...args);

export const up = (...args: readonly string[]): Promise<Result> =>
  pulumi("up", ...options, "--yes", "--skip-preview", ...args);

const resource = z.object({
  urn: z.string(),
  type: z.string(),
  custom: z.boolean().default(false),
  parent: z.string().optional(),
});

export type Resource = z.output<typeof resource>;

const state = z.object({ deployment: z.object({ resources: z.array(resource).default([]) }) });

/** The state as text; secrets are encrypted unless they are asked for. */
export async function exportState(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await pulumi("stack", "export", "--stack", stack, ...args);
  if (code !== 0) throw new Error(`pulumi stack export failed: ${stderr}`);
  return stdout;
}

export const readResources = (text: string): Resource[] => state.parse(JSON.parse(text)).deployment.resources;

/** A copy of the stack's configuration with other settings, by their path, for `--config-file`. */
export async function withSettings<T>(
  settings: readonly (readonly [path: readonly string[], value: unknown])[],
  use: (configFile: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "moat-config-"));
  const file = join(folder, `Pulumi.${stack}.yaml`);
  const document = parseDocument(readFileSync(stackFile, "utf8"));
  for (const [path, value] of settings) document.setIn(["config", ...path], value);
  writeFileSync(file, document.toString());
  try {
    return await use(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A copy of the stack's configuration with more tenants. */
export const withTenants = <T>(
  tenants: Readonly<Record<string, unknown>>,
  use: (configFile: string) => Promise<T>,
): Promise<T> =>
  withSettings(
    Object.entries(tenants).map(([name, tenant]) => [["moat:tenants", name], tenant]),
    use,
  );

/** Starts `pulumi up`, waits for `moment`, and kills the engine, its plugins and the program with SIGKILL. */
export async function upKilled(args: readonly string[], moment: () => Promise<void>): Promise<void> {
  const child = spawn("pulumi", ["up", ...options, "--yes", "--skip-preview", ...args], {
    cwd: root,
    detached: true,
    stdio: "ignore",
  });
  const ended = new Promise<number | null>((done) => child.once("exit", done));
  await moment().catch((error: unknown) => {
    end(child.pid);
    throw error;
  });
  if (child.exitCode !== null) throw new Error("pulumi up ended before it could be killed");
  end(child.pid);
  await ended;
}

/** Kills the whole process group, which `detached` made the child's own. */
function end(pid: number | undefined): void {
  if (pid !== undefined) process.kill(-pid, "SIGKILL");
}
