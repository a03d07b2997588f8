/** The services' processes: which run, what they take, and how all of them end. */
import { readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { end, Processes, processesInNetns } from "../cluster/processes";
import { table } from "../progress";
import { removeNetwork } from "./network";
import { folders, run } from "./settings";

export const processes = new Processes(run.processes, folders.logs);

export const recordedNames = (): string[] => {
  try {
    return readdirSync(run.processes).map((file) => file.replace(/\.json$/, ""));
  } catch {
    return [];
  }
};

/** Ends all and removes what is left of it, whichever part that is. The packages stay. */
export async function cleanUp(): Promise<void> {
  await end([...new Set([...recorded(), ...processesInNetns(run.netns), ...processesInTrees()])], 3000);
  await removeNetwork();
  for (const folder of [run.root, folders.state, folders.logs])
    rmSync(folder, { recursive: true, force: true });
}

const recorded = (): number[] =>
  recordedNames()
    .filter((name) => processes.alive(name))
    .flatMap((name) => processes.record(name)?.pid ?? []);

const pids = (): string[] => readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));

/** Programs whose network was removed under them still have a folder of packages for their root. */
const processesInTrees = (): number[] =>
  pids()
    .filter((pid) => rootOf(pid).startsWith(`${folders.trees}/`))
    .map(Number);

function rootOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/root`);
  } catch {
    return "";
  }
}

/** Name, process and resident memory of what runs. */
export function report(): string {
  const rows = recordedNames().map((name) => ({
    name,
    pid: processes.record(name)?.pid ?? 0,
    mib: memoryOf(name),
  }));
  const total = rows.reduce((sum, { mib }) => sum + mib, 0);
  return table([
    ["SERVICE", "PROCESS", "MEMORY"],
    ...rows.map(({ name, pid, mib }) => [name, String(pid), processes.alive(name) ? `${mib} MiB` : "gone"]),
    ["all", "", `${total} MiB`],
  ]);
}

/** Resident memory in MiB of a program and all that it started: it leads a session of its own. */
function memoryOf(name: string): number {
  const leader = processes.record(name)?.pid;
  const kib = pids().map((pid) => (sessionOf(pid) === leader ? residentKiB(pid) : 0));
  return Math.round(kib.reduce((sum, each) => sum + each, 0) / 1024);
}

/** Resident memory of all of them, in MiB. */
export const memoryOfAll = (): number => recordedNames().reduce((sum, name) => sum + memoryOf(name), 0);

function sessionOf(pid: string): number {
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3]);
}

const residentKiB = (pid: string): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? "0");

/** Empty for a process that has just ended. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
