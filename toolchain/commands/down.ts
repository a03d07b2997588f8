/** Takes away all that `make up` made. Caches stay, so that the next one is quick; WIPE=1 takes them too. */
import { existsSync, rmSync } from "node:fs";
import { forgetChoice, readChoice } from "../cluster/choice";
import { clusterDown } from "../cluster/down";
import { haveKubeconfig } from "../cluster/kubectl";
import { alone } from "../lock";
import { canRunOpenStack, stopOpenStack } from "../openstack/services";
import { cache, local, program } from "../paths";
import { finish, say, step } from "../progress";
import { forgetSalt, forgetState, haveState, onStack, pulumi } from "../pulumi";
import { devStack } from "../stackConfig";

export async function down(): Promise<void> {
  const choice = readChoice();
  await alone(async () => {
    // A cluster that goes takes everything on it along. One that stays has to be cleaned.
    if (
      choice?.kind === "existing" &&
      haveState(devStack) &&
      haveKubeconfig() &&
      existsSync(program("pulumi"))
    ) {
      const destroy = ["destroy", "--yes", "--skip-preview", "--stack", devStack];
      await onStack(devStack, () => step("pulumi destroy", () => pulumi(destroy, { show: true })));
    }
    await clusterDown(choice);
    if (await canRunOpenStack()) await stopOpenStack();
    forgetState();
    forgetSalt(devStack);
    forgetChoice();
    for (const path of [local.kubeconfig, local.passphrase, local.logs, `${local.state}.cluster`]) {
      rmSync(path, { recursive: true, force: true });
    }
    if (process.env.WIPE === "1") wipe();
  });
  if (process.env.WIPE !== "1") finish("make down");
}

function wipe(): void {
  rmSync(local.root, { recursive: true, force: true });
  rmSync(cache.root, { recursive: true, force: true });
  say(`removed ${cache.root} and ${local.root}; Go's own caches stay (go clean -cache -modcache)`);
}
