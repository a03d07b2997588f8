/** Which cluster the environment runs on: the user's own, kind, or the embedded one. Once chosen it stays until `make down`. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { ToolError } from "../errors";
import { dockerEngine, internet } from "../internet";
import { local } from "../paths";

export type Choice =
  | { readonly kind: "existing"; readonly kubeconfig: string }
  | { readonly kind: "kind" }
  | { readonly kind: "embedded" };

export interface Situation {
  /** The user's word: make up KUBECONFIG=… */
  readonly kubeconfig: string | undefined;
  /** What an earlier run chose. */
  readonly earlier: Choice | undefined;
  readonly internet: boolean;
  readonly docker: boolean;
}

export function decide({ kubeconfig, earlier, internet: open, docker }: Situation): Choice {
  if (kubeconfig !== undefined) {
    const same = earlier?.kind === "existing" && earlier.kubeconfig === kubeconfig;
    if (earlier !== undefined && !same) {
      throw new ToolError(
        `the environment is up on another cluster (${earlier.kind})`,
        "take it down first: make down",
      );
    }
    return { kind: "existing", kubeconfig };
  }
  if (earlier !== undefined) return earlier;
  return open && docker ? { kind: "kind" } : { kind: "embedded" };
}

/** Takes the way that is wanted, or the earlier one, or the best that this machine offers. */
export async function choose(kubeconfig: string | undefined): Promise<Choice> {
  const earlier = readChoice();
  const asked = kubeconfig === undefined || kubeconfig === "" ? undefined : resolve(kubeconfig);
  const settled = asked !== undefined || earlier !== undefined;
  const open = settled ? false : await internet();
  return decide({ kubeconfig: asked, earlier, internet: open, docker: open && (await dockerEngine()) });
}

export function readChoice(): Choice | undefined {
  try {
    return parseChoice(JSON.parse(readFileSync(local.choice, "utf8")));
  } catch {
    return undefined;
  }
}

export function keepChoice(choice: Choice): void {
  mkdirSync(local.root, { recursive: true });
  writeFileSync(local.choice, JSON.stringify(choice));
}

export const forgetChoice = (): void => rmSync(local.choice, { force: true });

function parseChoice(value: unknown): Choice | undefined {
  if (typeof value !== "object" || value === null || !("kind" in value)) return undefined;
  if (value.kind === "kind" || value.kind === "embedded") return { kind: value.kind };
  if (value.kind === "existing" && "kubeconfig" in value && typeof value.kubeconfig === "string") {
    return { kind: "existing", kubeconfig: value.kubeconfig };
  }
  return undefined;
}
