/** Waiting for services, as long as their programs run. */
import { waitFor } from "../shell";
import { ask } from "./api";
import { readCa } from "./certificates";
import { processes } from "./running";
import { folders } from "./settings";

export const waitForAnswer = (who: string, url: string, programs: readonly string[]): Promise<void> =>
  waitFor(
    `answer of ${who}`,
    180,
    async () => {
      for (const name of programs) processes.mustRun(name);
      try {
        const { status } = await ask(readCa(), "GET", url);
        // 300: a choice of versions.
        return status >= 200 && status <= 300;
      } catch {
        return false;
      }
    },
    `look into ${folders.logs}`,
  );
