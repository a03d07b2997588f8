/** Long-running programs: started once, recorded, recognised later, ended for sure. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, isAbsolute, join } from "node:path";
import { ToolError } from "../errors";
import { lastLines, sleep } from "../shell";

export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Files that it reads once, at its start. */
  readonly reads?: readonly string[];
}

export interface ProcessRecord {
  readonly pid: number;
  /** When it started, in clock ticks since boot: a pid that was given again has another one. */
  readonly started: string;
  /** Of command, arguments and the files it reads: when these change, the program is started anew. */
  readonly digest: string;
}

/** Field 22 of /proc/<pid>/stat. The name in field 2 may hold spaces and brackets, so fields count from the last bracket. */
export const startedFrom = (stat: string): string | undefined =>
  stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];

export function startedAt(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // A zombie is over; it only waits for its parent.
    return stat.includes(") Z ") ? undefined : startedFrom(stat);
  } catch {
    return undefined;
  }
}

export const digestOf = ({ command, args, reads = [] }: Program): string => {
  const contents = reads.map((path) => readFileSync(path, "utf8"));
  return createHash("sha256")
    .update(JSON.stringify([...[command, ...args].map(behindLink), ...contents]))
    .digest("hex");
};

/** The file behind a link of the cache's bin folder: a new build has another path, and is started anew. */
function behindLink(word: string): string {
  try {
    return isAbsolute(word) ? realpathSync(word) : word;
  } catch {
    return word;
  }
}

export class Processes {
  constructor(
    private readonly records: string,
    private readonly logs: string,
  ) {}

  logOf = (name: string): string => join(this.logs, `${name}.log`);

  record(name: string): ProcessRecord | undefined {
    try {
      const value: unknown = JSON.parse(readFileSync(join(this.records, `${name}.json`), "utf8"));
      return isRecord(value) ? value : undefined;
    } catch {
      return undefined;
    }
  }

  alive(name: string): boolean {
    const record = this.record(name);
    return record !== undefined && startedAt(record.pid) === record.started;
  }

  /** Starts the program unless it runs already as wanted. Says whether it started one. */
  async start(program: Program): Promise<boolean> {
    if (this.alive(program.name)) {
      if (this.record(program.name)?.digest === digestOf(program)) return false;
      await this.stop(program.name);
    }
    mkdirSync(this.records, { recursive: true });
    mkdirSync(this.logs, { recursive: true });
    const log = this.logOf(program.name);
    if (existsSync(log)) renameSync(log, `${log}.1`);
    const output = openSync(log, "a");
    const child = spawn(program.command, program.args, {
      detached: true,
      stdio: ["ignore", output, output],
      cwd: "/",
    });
    const { pid } = child;
    const started = pid === undefined ? undefined : startedAt(pid);
    child.on("error", () => undefined);
    if (pid === undefined || started === undefined)
      throw new ToolError(`cannot start ${program.name} (${program.command})`);
    child.unref();
    const record: ProcessRecord = { pid, started, digest: digestOf(program) };
    writeFileSync(join(this.records, `${program.name}.json`), JSON.stringify(record));
    return true;
  }

  /** Throws with the end of its log if the program is not running. */
  mustRun(name: string): void {
    if (this.alive(name)) return;
    throw new ToolError(`${name} ended\n${lastLines(this.tail(name))}`, `its log is ${this.logOf(name)}`);
  }

  tail(name: string): string {
    try {
      return readFileSync(this.logOf(name), "utf8").slice(-4000);
    } catch {
      return "";
    }
  }

  /** Ends the program: asks first, then kills. */
  async stop(name: string, patience = 5000): Promise<void> {
    const record = this.record(name);
    if (record !== undefined && startedAt(record.pid) === record.started) await end([record.pid], patience);
    rmSync(join(this.records, `${name}.json`), { force: true });
  }
}

/** Ends processes: a request, then after `patience` ms a kill. */
export async function end(pids: readonly number[], patience: number): Promise<void> {
  const living = new Map(
    pids.flatMap((pid) => [[pid, startedAt(pid)] as const]).filter(([, at]) => at !== undefined),
  );
  const remaining = (): number[] =>
    [...living].filter(([pid, at]) => startedAt(pid) === at).map(([pid]) => pid);
  signal(remaining(), "SIGTERM");
  for (let waited = 0; waited < patience && remaining().length > 0; waited += 50) await sleep(50);
  signal(remaining(), "SIGKILL");
  for (let waited = 0; waited < 2000 && remaining().length > 0; waited += 50) await sleep(50);
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It ended by itself in the meantime.
    }
  }
}

/** Processes for which `matches` is true; one that ends meanwhile does not match. */
function find(matches: (folder: string) => boolean): number[] {
  if (!existsSync("/proc")) return [];
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        return matches(`/proc/${pid}`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Processes whose network namespace is the one at `path`. */
export function processesInNetns(path: string): number[] {
  if (!existsSync(path)) return [];
  const inode = statSync(path).ino;
  return find((folder) => readlinkSync(`${folder}/ns/net`) === `net:[${inode}]`);
}

/** Processes of the program `name` with an argument that holds `text`. */
export const processesWith = (name: string, text: string): number[] =>
  find((folder) => {
    const [program = "", ...args] = readFileSync(`${folder}/cmdline`, "utf8").split("\0");
    return basename(program) === name && args.some((arg) => arg.includes(text));
  });

function isRecord(value: unknown): value is ProcessRecord {
  return (
    typeof value === "object" &&
    value !== null &&
    "pid" in value &&
    typeof value.pid === "number" &&
    "started" in value &&
    typeof value.started === "string" &&
    "digest" in value &&
    typeof value.digest === "string"
  );
}
