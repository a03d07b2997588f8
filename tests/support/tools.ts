/** Programs that tests use where they are installed. */
import { spawnSync } from "node:child_process";

/** A test that needs the program; where it is missing it is skipped, and the reason printed. */
export function testWith(program: string): typeof test | typeof test.skip {
  if (isThere(program)) return test;
  process.stderr.write(`skipped: ${program} is not installed\n`);
  return test.skip;
}

export const isThere = (program: string): boolean =>
  spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined;
