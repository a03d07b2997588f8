/** Takes the cluster away, whichever it is and whatever is left of it. */
import { existsSync, rmSync } from "node:fs";
import { root } from "../paths";
import { say, step } from "../progress";
import type { Choice } from "./choice";
import { cleanUp } from "./cleanup";
import { processes } from "./embedded";
import { deleteKind } from "./kind";
import { readOwner } from "./owner";
import { run } from "./settings";

export async function clusterDown(choice: Choice | undefined): Promise<void> {
  if (choice?.kind === "kind") return step("remove the kind cluster", deleteKind);
  if (choice?.kind === "existing") return processes.stop("forward");
  if (process.platform !== "linux" || process.getuid?.() !== 0) return;
  const owner = readOwner();
  if (owner !== undefined && owner.checkout !== root && existsSync(owner.checkout)) {
    say(`the embedded cluster of this machine belongs to ${owner.checkout} and stays`);
    return;
  }
  await step("stop the embedded cluster", () => cleanUp({ data: true }));
  rmSync(run.root, { recursive: true, force: true });
}
