/** Takes up what a killed `pulumi up` left, on any stack: with the pulumi and kubectl of the shell, and whatever they are logged in to. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../paths";
import { onStack } from "../pulumi";
import { resumePending } from "../resume";
import { must, run } from "../shell";
import { devStack } from "../stackConfig";

export async function resume(): Promise<void> {
  const stack = process.env.STACK || devStack;
  // That of this checkout is taken up whenever anything is done on it.
  if (stack === devStack) return onStack(stack, async () => {});
  const pulumi = (args: readonly string[], options = {}) =>
    must("pulumi", ["--non-interactive", ...args], { ...options, cwd: root });
  const made = await run("pulumi", ["stack", "output", "kubeconfig", "--show-secrets", "--stack", stack], {
    cwd: root,
  });
  const folder = mkdtempSync(join(tmpdir(), "moat-resume-"));
  try {
    // The cluster that the environment made itself, else that of the shell.
    const file = join(folder, "kubeconfig");
    const isMade = made.code === 0 && made.stdout.trim() !== "";
    if (isMade) writeFileSync(file, made.stdout, { mode: 0o600 });
    const kubectl = (...args: string[]) =>
      run("kubectl", [...(isMade ? [`--kubeconfig=${file}`] : []), ...args]);
    await resumePending({ stack, pulumi, kubectl });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
