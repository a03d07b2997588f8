/** The key with which the embedded cluster signs tokens. Nobody but the machine's owner has it; on other clusters nobody does. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readChoice } from "../../../toolchain/cluster/choice";
import { folders } from "../../../toolchain/cluster/settings";

export function clusterKey(): string | undefined {
  const file = join(folders.pki, "sa.key");
  return readChoice()?.kind === "embedded" && existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
