/** Runs tests/bench on the environment, from the embedded cluster's node: there every program answers at its pod. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { run as cluster } from "../cluster/settings";
import { ToolError } from "../errors";
import { root } from "../paths";
import { pulumiEnv } from "../pulumi";
import { run } from "../shell";

export async function bench(): Promise<void> {
  if (!existsSync(cluster.netns)) {
    throw new ToolError(
      "the benchmark runs on the embedded cluster, which is not there",
      "run `make up` first",
    );
  }
  const program = [process.execPath, "--import", "tsx", join(root, "tests/bench/main.ts")];
  const { code } = await run("nsenter", [`--net=${cluster.netns}`, "--", ...program], {
    cwd: root,
    env: { ...process.env, ...pulumiEnv() },
    show: true,
  });
  if (code !== 0) throw new ToolError("the benchmark failed", "the environment must be up: make status");
}
