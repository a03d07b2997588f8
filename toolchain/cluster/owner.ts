/** Which checkout the embedded cluster of this machine is of. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { root } from "../paths";
import { run } from "./settings";

export interface Owner {
  readonly checkout: string;
}

export function readOwner(): Owner | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(run.owner, "utf8"));
    if (
      typeof value === "object" &&
      value !== null &&
      "checkout" in value &&
      typeof value.checkout === "string"
    ) {
      return { checkout: value.checkout };
    }
  } catch {
    // No owner, or half a file of a run that was killed: both mean nobody.
  }
  return undefined;
}

export function takeOwnership(): void {
  mkdirSync(run.root, { recursive: true, mode: 0o700 });
  const owner: Owner = { checkout: root };
  writeFileSync(run.owner, JSON.stringify(owner));
}
