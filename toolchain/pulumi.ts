/** The Pulumi engine with a state, a passphrase and plugins of this checkout. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { tryKubectl } from "./cluster/kubectl";
import { startedAt } from "./cluster/processes";
import { ToolError } from "./errors";
import { cache, local, program, root } from "./paths";
import { say } from "./progress";
import { resumePending } from "./resume";
import { restored, withoutSalt } from "./salt";
import { lastLines, type Result, type RunOptions, run } from "./shell";
import { devStack } from "./stackConfig";

/** What a shell needs for plain `pulumi` and `kubectl` to work on the environment. */
export const pulumiEnv = (path = process.env.PATH ?? ""): Record<string, string> => ({
  PATH: path.split(":").includes(cache.bin) ? path : `${cache.bin}:${path}`,
  KUBECONFIG: local.kubeconfig,
  PULUMI_HOME: cache.pulumi,
  PULUMI_BACKEND_URL: `file://${local.state}`,
  PULUMI_CONFIG_PASSPHRASE_FILE: local.passphrase,
  // The salt of the passphrase is kept in the state, so that a stack's file is the same in every checkout.
  PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
  PULUMI_SKIP_UPDATE_CHECK: "true",
});

/** Runs Pulumi in the project's folder. */
export async function tryPulumi(args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const env = { ...process.env, ...pulumiEnv(), ...options.env };
  // A passphrase in the environment would win over the file.
  delete env.PULUMI_CONFIG_PASSPHRASE;
  return run(program("pulumi"), ["--non-interactive", ...args], { ...options, cwd: root, env });
}

export async function pulumi(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await tryPulumi(args, options);
  if (result.code === 0) return result.stdout;
  const said = result.stderr + result.stdout;
  throw new ToolError(
    `pulumi ${args.join(" ")} failed (${result.code})\n${lastLines(said, 40)}`,
    adviceFor(said),
  );
}

export function adviceFor(said: string): string | undefined {
  if (/incorrect passphrase/.test(said)) {
    return `the passphrase in ${local.passphrase} is not the one that the state was encrypted with; put that one back, or begin anew: make down`;
  }
  if (/currently locked/.test(said))
    return "another pulumi works on this stack; wait for it, or if it is gone run make up again";
  return undefined;
}

/** Makes state, passphrase and stack, where they are not there yet, and mends what a killed run left. */
async function prepareStack(stack: string): Promise<void> {
  mkdirSync(local.state, { recursive: true, mode: 0o700 });
  if (!existsSync(local.passphrase)) {
    if (existsSync(stackFile(stack))) {
      throw new ToolError(
        `${local.passphrase} is missing, and the state is encrypted with it`,
        "put it back, or begin anew: make down",
      );
    }
    writeFileSync(local.passphrase, randomBytes(24).toString("base64url"), { mode: 0o600 });
  }
  clearLock(stack);
  await pulumi(["stack", "select", stack, "--create", "--secrets-provider", "passphrase"]);
  await resumePending({ stack, pulumi, kubectl: tryKubectl });
}

/** Takes out a salt that a killed run or plain `pulumi` left: it may be of another passphrase than this checkout's. */
export function forgetSalt(stack: string): void {
  const path = join(root, `Pulumi.${stack}.yaml`);
  const text = readFileSync(path, "utf8");
  if (withoutSalt(text) !== text) writeFileSync(path, withoutSalt(text));
}

/** Makes the stack, if need be, and runs `work` on it. The stack's file is afterwards as it was before. */
export async function onStack<T>(stack: string, work: () => Promise<T>): Promise<T> {
  const path = join(root, `Pulumi.${stack}.yaml`);
  if (!existsSync(path)) {
    throw new ToolError(
      `there is no stack ${stack}`,
      `name one that has a file Pulumi.<stack>.yaml, as in STACK=${devStack}`,
    );
  }
  const before = readFileSync(path, "utf8");
  forgetSalt(stack);
  try {
    await prepareStack(stack);
    return await work();
  } finally {
    const after = readFileSync(path, "utf8");
    const wanted = restored(before, after);
    if (wanted !== after) writeFileSync(path, wanted);
  }
}

const stackFile = (stack: string): string => join(local.state, ".pulumi/stacks/moat", `${stack}.json`);

/** A lock that its process can no longer release, as it was killed. */
function clearLock(stack: string): void {
  const folder = join(local.state, ".pulumi/locks/organization/moat", stack);
  if (!existsSync(folder)) return;
  for (const file of readdirSync(folder)) {
    const path = join(folder, file);
    const holder = readHolder(path);
    if (
      holder !== undefined &&
      holder.hostname === hostname() &&
      startedAt(holder.pid) !== undefined &&
      isPulumi(holder.pid)
    ) {
      throw new ToolError(
        `pulumi (process ${holder.pid}) is working on the stack ${stack}`,
        "wait until it is done",
      );
    }
    say(`a killed pulumi left its lock on the stack ${stack}; it is removed`);
    rmSync(path, { force: true });
  }
}

function readHolder(path: string): { pid: number; hostname: string } | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof value !== "object" || value === null || !("pid" in value) || !("hostname" in value))
      return undefined;
    const { pid, hostname: host } = value;
    return typeof pid === "number" && typeof host === "string" ? { pid, hostname: host } : undefined;
  } catch {
    return undefined;
  }
}

function isPulumi(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("pulumi");
  } catch {
    return true;
  }
}

export const haveState = (stack: string): boolean => existsSync(stackFile(stack));

/** The state of a cluster that is gone is of no use. Locks, backups and history go with it. */
export const forgetState = (): void => rmSync(local.state, { recursive: true, force: true });
