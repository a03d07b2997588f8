/** Which checkout the services of this machine are of, and what was wanted of them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { root } from "../paths";
import { run } from "./settings";

const owners = z.object({ checkout: z.string(), wanted: z.string() });

function readOwner(): z.output<typeof owners> | undefined {
  try {
    return owners.parse(JSON.parse(readFileSync(run.owner, "utf8")));
  } catch {
    return undefined;
  }
}

/** What the services were started as. */
export const startedAs = (): string | undefined => readOwner()?.wanted;

export function takeOwnership(wanted: string): void {
  mkdirSync(run.root, { recursive: true, mode: 0o700 });
  writeFileSync(run.owner, JSON.stringify({ checkout: root, wanted }));
}

/** The other checkout that they are of. One that was removed owns nothing. */
export function otherOwner(): string | undefined {
  const checkout = readOwner()?.checkout;
  return checkout !== undefined && checkout !== root && existsSync(checkout) ? checkout : undefined;
}
