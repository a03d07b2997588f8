/** Commands of the Makefile, as a user runs them. */
import { root } from "../../../toolchain/paths";
import { run } from "../../../toolchain/shell";

export const make = (command: string, env: NodeJS.ProcessEnv = {}) =>
  run(process.execPath, ["--import", "tsx", "toolchain/cli.ts", command], {
    cwd: root,
    env: { ...process.env, ...env },
  });
