/** Seconds and memory of what a test runs, for a table at its end. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { memoryOfAll } from "../../../toolchain/openstack/running";
import { folders } from "../../../toolchain/openstack/settings";
import { table } from "../../../toolchain/progress";
import type { Outcome } from "../../plugins/support/stack";

const kinds = ["create", "update", "replace", "delete", "same"] as const;

export class Measured {
  private readonly rows: string[][] = [];

  /** Runs a command of the engine, and keeps what it changed. */
  async run(what: string, command: () => Promise<Outcome>): Promise<Outcome> {
    const begun = Date.now();
    let peak = 0;
    const look = setInterval(() => {
      peak = Math.max(peak, memoryOfChildren());
    }, 500);
    try {
      const outcome = await command();
      const { changes } = outcome;
      const seconds = Math.round((Date.now() - begun) / 1000);
      const numbers = kinds.map((kind) => String(changes[kind] ?? 0));
      this.rows.push([what, ...numbers, `${seconds} s`, `${peak} MiB`, `${memoryOfAll()} MiB`]);
      return outcome;
    } finally {
      clearInterval(look);
    }
  }

  table(): string {
    return table([
      ["", ...kinds.map((kind) => kind.toUpperCase()), "TIME", "ENGINE", "OPENSTACK"],
      ...this.rows,
    ]);
  }
}

/** Resident memory, in MiB, of all that this process has started, but for the services: the engine, its plugins, the program. */
function memoryOfChildren(): number {
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc")) {
    const stat = /^\d+$/.test(entry) ? read(`/proc/${entry}/stat`) : "";
    if (stat !== "") parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
  }
  const isOurs = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === process.pid || isOurs(parent));
  };
  const kib = [...parents.keys()]
    .filter((pid) => isOurs(pid) && !isService(pid))
    .map((pid) => Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? "0"));
  return Math.round(kib.reduce((sum, each) => sum + each, 0) / 1024);
}

function isService(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/root`).startsWith(folders.trees);
  } catch {
    return true;
  }
}

/** Empty for a process that has just ended. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
