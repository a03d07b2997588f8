/** Takes up what a killed run had begun: what came to be goes into the state, what did not is made again. */
import { createdObject, idOf, mayBeLost, type Operation, pendingOperations, resumed } from "./pending";
import { say } from "./progress";
import type { Result, RunOptions } from "./shell";

/** The engine and the cluster of a stack. */
export interface Reach {
  readonly stack: string;
  /** Must succeed. */
  readonly pulumi: (args: readonly string[], options?: RunOptions) => Promise<string>;
  readonly kubectl: (...args: string[]) => Promise<Result>;
}

/** Does nothing where no operation is open. Throws what the cluster said, where it did not answer. */
export async function resumePending({ stack, pulumi, kubectl }: Reach): Promise<void> {
  const exported: unknown = JSON.parse(await pulumi(["stack", "export", "--stack", stack]));
  const pending = pendingOperations(exported);
  if (pending.length === 0) return;
  say(`a killed pulumi left ${pending.length} operations open on the stack ${stack}`);
  const ids = new Map<string, string>();
  for (const one of pending) {
    const id = await foundId(one, kubectl);
    say(`  ${one.resource.urn.split("::").slice(2).join(" ")}: ${verdict(one, id)}`);
    if (id !== undefined) ids.set(one.resource.urn, id);
  }
  const state = resumed(exported, ids);
  await pulumi(["stack", "import", "--stack", stack], { input: JSON.stringify(state) });
  if (ids.size === 0) return;
  const targets = [...ids.keys()].flatMap((urn) => ["--target", urn]);
  await pulumi(["refresh", "--yes", "--skip-preview", "--stack", stack, ...targets]);
}

function verdict(one: Operation, id: string | undefined): string {
  if (id !== undefined) return `was made, as ${id}; it goes into the state`;
  if (!mayBeLost(one)) return "is done again";
  return `may have been made: look in the cloud, and if it is there run pulumi import ${one.resource.type} <name> <id>`;
}

async function foundId(one: Operation, kubectl: Reach["kubectl"]): Promise<string | undefined> {
  const wanted = createdObject(one);
  if (wanted === undefined) return undefined;
  const { kind, name, namespace } = wanted;
  const place = namespace === undefined ? [] : ["--namespace", namespace];
  const args = ["get", kind, name, ...place, "--output=json", "--show-managed-fields", "--ignore-not-found"];
  const { code, stdout, stderr } = await kubectl(...args);
  // Its kind is not defined yet: then it cannot be there.
  if (code !== 0 && /doesn't have a resource type/.test(stderr)) return undefined;
  if (code !== 0) throw new Error(`kubectl get ${kind} ${name}: ${stderr.trim()}`);
  return stdout.trim() === "" ? undefined : idOf(JSON.parse(stdout));
}
