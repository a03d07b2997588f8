/** Looks before it leaps: everything that would stop `make up` later is found first, and all of it is told at once. */
import { existsSync, readFileSync, statfsSync } from "node:fs";
import { connect, createServer } from "node:net";
import { dirname, join } from "node:path";
import { clusterPrograms } from "./artefacts";
import { goEntry } from "./builder";
import { network } from "./cluster/settings";
import { ToolError } from "./errors";
import { cache, goModule } from "./paths";
import { run } from "./shell";
import { isStored } from "./store";

const gigabyte = 1024 ** 3;

/** Free disk wanted, in bytes: sources, compiled packages, programs and images; and what runs on top when all is built. */
const diskNeed = { cold: 15 * gigabyte, warm: 3 * gigabyte } as const;
/** Free memory wanted, in bytes: cluster and environment take 2.5 GB, the compiler's largest step 3 GB before that. */
const memoryNeed = 4 * gigabyte;

/** What was found on the machine. */
export interface Facts {
  readonly nodeVersion: string;
  /** The cluster is the embedded one. */
  readonly embedded: boolean;
  /** The cluster runs already, so memory and ports are in use by it. */
  readonly running: boolean;
  /** Something has to be built with Go. */
  readonly builds: boolean;
  /** Nothing has been built yet. */
  readonly cold: boolean;
  readonly platform: string;
  readonly root: boolean;
  readonly apt: boolean;
  /** As `go version` tells it, or undefined without Go. */
  readonly goVersion: string | undefined;
  /** The `go` line of go.mod. */
  readonly goWanted: string;
  readonly freeDisk: number;
  readonly cacheFolder: string;
  readonly freeMemory: number;
  readonly busyPorts: readonly number[];
  /** Routes of this machine that overlap the embedded cluster's addresses. */
  readonly routes: readonly string[];
}

/** The first Go that fetches by itself the version that go.mod wants. */
const goThatSwitches = "1.21.0";

/** What is wrong, each with its mend. */
export function problemsOf(facts: Facts): string[] {
  const problems: string[] = [];
  const problem = (what: string, mend: string): void => {
    problems.push(`${what}\n  -> ${mend}`);
  };
  if (Number(facts.nodeVersion.split(".")[0]) < 20)
    problem(`Node ${facts.nodeVersion} is too old`, "install Node 20 or later");
  const need = facts.cold ? diskNeed.cold : diskNeed.warm;
  if (facts.freeDisk < need) {
    problem(
      `${gb(facts.freeDisk)} free at ${facts.cacheFolder}, ${gb(need)} needed`,
      "free some disk, or put the cache elsewhere: XDG_CACHE_HOME=/path make up",
    );
  }
  if (!facts.running && facts.freeMemory < memoryNeed) {
    problem(
      `${gb(facts.freeMemory)} of memory free, ${gb(memoryNeed)} needed`,
      "end other programs, or take a larger machine",
    );
  }
  for (const port of facts.busyPorts) {
    problem(
      `port ${port} on 127.0.0.1 is in use by another program`,
      `end it (find it with: ss -ltnp 'sport = :${port}'), or set moat:edge.httpPort and httpsPort in Pulumi.dev.yaml`,
    );
  }
  if (facts.builds) {
    const mend = `install Go ${facts.goWanted} or later from your distribution or go.dev`;
    if (facts.goVersion === undefined) problem("Go is not installed, and programs have to be built", mend);
    else if (older(facts.goVersion, goThatSwitches)) problem(`Go ${facts.goVersion} is too old`, mend);
  }
  if (facts.embedded) {
    const other = "or use a cluster of your own: make up KUBECONFIG=/path/to/kubeconfig";
    if (facts.platform !== "linux")
      problem(`the embedded cluster runs on Linux only, this is ${facts.platform}`, `use Linux, ${other}`);
    else if (!facts.root) problem("the embedded cluster needs root", `run as root (sudo make up), ${other}`);
    else if (!facts.apt)
      problem("the embedded cluster needs a Debian-like system with apt-get", `use one, ${other}`);
    for (const route of facts.routes) {
      problem(
        `the route "${route}" of this machine overlaps ${network.host}/${network.prefix}`,
        `remove it, ${other}`,
      );
    }
  }
  return problems;
}

export async function preflight(options: {
  embedded: boolean;
  builds: boolean;
  running: boolean;
  ports: readonly number[];
}): Promise<void> {
  const problems = problemsOf(await lookAround(options));
  if (problems.length > 0)
    throw new ToolError(`not everything is ready:\n${problems.map((p) => `- ${p}`).join("\n")}`);
}

async function lookAround(options: {
  embedded: boolean;
  builds: boolean;
  running: boolean;
  ports: readonly number[];
}): Promise<Facts> {
  const existing = firstExisting(cache.root);
  const disk = statfsSync(existing);
  const busy = await Promise.all(options.ports.map(async (p) => ((await isFree(p)) ? [] : [p])));
  const cold = options.builds && !clusterPrograms.every((p) => isStored(goEntry(p)));
  return {
    nodeVersion: process.versions.node,
    embedded: options.embedded,
    running: options.running,
    builds: options.builds,
    cold,
    platform: process.platform,
    root: process.getuid?.() === 0,
    apt: existsSync("/usr/bin/apt-get"),
    goVersion: options.builds ? await goVersion() : undefined,
    goWanted: /^go (\S+)$/m.exec(readFileSync(join(goModule, "go.mod"), "utf8"))?.[1] ?? goThatSwitches,
    freeDisk: disk.bavail * disk.bsize,
    cacheFolder: existing,
    freeMemory: freeMemory(),
    busyPorts: busy.flat(),
    routes:
      options.embedded && process.platform === "linux"
        ? overlapping(await routeTable(), network.hostLink)
        : [],
  };
}

async function goVersion(): Promise<string | undefined> {
  try {
    return /go(\d+\.\d+(\.\d+)?)/.exec((await run("go", ["version"])).stdout)?.[1];
  } catch {
    return undefined;
  }
}

async function routeTable(): Promise<string> {
  try {
    return (await run("ip", ["-4", "route", "show", "table", "all"])).stdout;
  } catch {
    return "";
  }
}

/** Routes to a part of the cluster's addresses, or to a network they are part of, that are not the cluster's own. */
export const overlapping = (routes: string, ownLink: string): string[] =>
  routes
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => {
      const target = /^(?:local |broadcast )?(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?\s/.exec(line);
      if (target === null || line.includes(`dev ${ownLink}`)) return false;
      const bits = Math.min(Number(target[2] ?? 32), network.prefix);
      return prefixOf(target[1] ?? "", bits) === prefixOf(network.host, bits);
    });

const prefixOf = (address: string, bits: number): number => {
  const value = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return Math.floor(value / 2 ** (32 - bits));
};

/** Compares versions such as 1.9 and 1.21.3 number by number. */
export function older(version: string, than: string): boolean {
  const a = version.split(".").map(Number);
  const b = than.split(".").map(Number);
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

export const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });

function freeMemory(): number {
  try {
    return Number(/^MemAvailable:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return Number.MAX_SAFE_INTEGER;
  }
}

/** Somebody accepts connections. Unlike `isFree` it does not take the port for a moment, which a program that starts may want. */
export const isServed = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", () => done(false));
  });

const firstExisting = (path: string): string => (existsSync(path) ? path : firstExisting(dirname(path)));

const gb = (bytes: number): string => `${(bytes / gigabyte).toFixed(1)} GB`;
