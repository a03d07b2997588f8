/** Waiting, with a word on what for: a test of the real environment may take minutes. */
import { setTimeout as delay } from "node:timers/promises";

const began = Date.now();

/** One line on standard error, with the seconds since the start. */
export const tell = (text: string): void => {
  const seconds = String(Math.round((Date.now() - began) / 1000)).padStart(4);
  process.stderr.write(`  ${seconds} s  ${text}\n`);
};

/**
 * Asks again until the answer is neither `undefined` nor `false`, and gives it. An error counts as no answer. Throws after `seconds`,
 * with the last error if there was one.
 */
export async function until<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T | undefined | false>,
  pause = 1,
): Promise<T> {
  const start = Date.now();
  let told = start;
  let last = "";
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      last = "";
    } catch (error) {
      last = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    const now = Date.now();
    if (now - start > seconds * 1000) throw new Error(`${what}: not within ${seconds} s${last}`);
    if (now - told > 10_000) {
      told = now;
      tell(`waiting for ${what}: ${Math.round((now - start) / 1000)} of at most ${seconds} s`);
    }
    await delay(pause * 1000);
  }
}
