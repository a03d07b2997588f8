/** One change at a time: `make up` and `make down` share the cache and the machine's one embedded cluster. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { startedAt } from "./cluster/processes";
import { ToolError } from "./errors";
import { cache } from "./paths";
import { sleep } from "./shell";

/** Runs `work` alone. A lock whose holder is gone is taken over. `file` says of what; by default of the environment. */
export async function alone<T>(work: () => Promise<T>, file: string = cache.lock): Promise<T> {
  mkdirSync(cache.root, { recursive: true });
  for (let attempt = 0; ; attempt++) {
    if (take(file)) break;
    const holder = readFileSafely(file);
    const [pid = "", started = ""] = holder.split(" ");
    if (holder !== "" && startedAt(Number(pid)) === started) {
      throw new ToolError(
        `another make (process ${pid}) is bringing ${file === cache.lock ? "the environment" : "OpenStack's services"} up or down`,
        "wait until it is done",
      );
    }
    // A file without content may be one that is being written right now.
    if (holder !== "" || attempt > 5) rmSync(file, { force: true });
    await sleep(100);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string): boolean {
  try {
    writeFileSync(file, `${process.pid} ${startedAt(process.pid) ?? ""}`, { flag: "wx" });
    return true;
  } catch {
    return false;
  }
}

function readFileSafely(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
