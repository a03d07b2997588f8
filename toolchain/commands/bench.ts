/** Runs tests/bench on the environment. */
import { join } from "node:path";
import { ToolError } from "../errors";
import { root } from "../paths";
import { pulumiEnv } from "../pulumi";
import { run } from "../shell";

export async function bench(): Promise<void> {
  const { code } = await run(process.execPath, ["--import", "tsx", join(root, "tests/bench/main.ts")], {
    cwd: root,
    env: { ...process.env, ...pulumiEnv() },
    show: true,
  });
  if (code !== 0) throw new ToolError("the benchmark failed", "the environment must be up: make status");
}
