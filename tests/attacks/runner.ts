/** Plays attacks: each twice, several at a time. */
import { messageOf } from "../../toolchain/errors";
import type { Attack, Outcome, Part } from "./attack";

export type Verdict = "held" | "LEAK" | "no teeth";

export interface Result {
  readonly attack: Attack;
  readonly played: Outcome;
  /** The same attack without the defence. */
  readonly bitten: Outcome;
  readonly verdict: Verdict;
}

/** Identifies an attack in the report and among the tests. */
export const titleOf = (attack: Attack): string => `${attack.surface}: ${attack.name}`;

/** Plays one attack on both stages. A play that ends with an error proves nothing: it has no teeth either. */
export async function playOne(attack: Attack): Promise<Result> {
  const played = await outcomeOf(attack.play);
  const bitten = await outcomeOf(attack.teeth);
  return { attack, played, bitten, verdict: verdictOf(played, bitten) };
}

export function verdictOf(played: Outcome | Failed, bitten: Outcome | Failed): Verdict {
  if (played.leaked) return "LEAK";
  return bitten.leaked && !("failed" in played) ? "held" : "no teeth";
}

interface Failed extends Outcome {
  readonly failed: true;
}

async function outcomeOf(play: () => Promise<Outcome>): Promise<Outcome | Failed> {
  try {
    return await play();
  } catch (error) {
    return { leaked: false, seen: `error: ${messageOf(error)}`, failed: true };
  }
}

/** Plays all attacks of a part. Without its stage nothing of it is proven; the other parts go on. */
export async function playPart(part: Part, tell: (result: Result) => void): Promise<void> {
  try {
    await part.setUp();
    await inPool(part.concurrency, part.attacks, async (attack) => tell(await playOne(attack)));
  } catch (error) {
    const nothing = { leaked: false, seen: `error: the stage was not set up: ${messageOf(error)}` };
    for (const attack of part.attacks)
      tell({ attack, played: nothing, bitten: nothing, verdict: "no teeth" });
  } finally {
    await part.tearDown();
  }
}

/** Calls `work` for every item, with at most `size` calls under way. */
export async function inPool<T>(
  size: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: size }, worker));
}
