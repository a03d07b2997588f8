/** Plays attacks on the environment and reports what came of them, in .moat/attacks. */
import { jestProject, runSuites, type Suite, stage } from "../suites";
import { up } from "./up";

/** One test for each attack, and the random ones. */
export const attackSuites = (): Suite[] => [jestProject("attacks", { serial: true })];

export async function attack(): Promise<void> {
  await runSuites([stage("environment", up), ...attackSuites()]);
}
