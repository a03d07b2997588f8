/**
 * Takes away what an embedded cluster leaves: processes, containers, mounts, cgroups, links, data. Every step works
 * whatever of the others is left, so it mends any mixture of leftovers.
 */
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ToolError } from "../errors";
import { cache } from "../paths";
import { run as shell } from "../shell";
import { cgroupFolders, removeNetwork } from "./network";
import { end, Processes, processesInNetns, processesWith } from "./processes";
import { stopOrder } from "./programs";
import { folders, network, run } from "./settings";

export interface CleanUpOptions {
  /** Removes the cluster's data too: objects, volumes, certificates, logs. Images stay. */
  readonly data: boolean;
}

export async function cleanUp({ data }: CleanUpOptions): Promise<void> {
  const processes = new Processes(run.processes, folders.logs);
  for (const name of stopOrder) {
    // What starts containers goes first, then the containers, then what they need to end.
    await processes.stop(name, name === "etcd" || name === "kube-apiserver" ? 3000 : 2000);
    if (name === "kubelet") await end(podProcesses(), 1000);
  }
  await end(podProcesses(), 0);
  // Without its record a process is still known: by its network, or by the folder or the node in its arguments.
  await end([...processesInNetns(run.netns), ...shims(), ...forwards()], 500);
  await unmountAll();
  for (const folder of cgroupFolders()) removeCgroup(folder);
  await removeNetwork();
  rmSync(run.root, { recursive: true, force: true });
  rmSync(folders.kubelet, { recursive: true, force: true });
  if (!data) return;
  for (const folder of [
    folders.etcd,
    folders.pki,
    folders.etc,
    folders.volumes,
    folders.logs,
    folders.cniPlugins,
  ]) {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Processes that hold the edge's ports for the embedded cluster, recorded or not. */
export const forwards = (): number[] => processesWith("forward", `=${network.node}:`);

const shims = (): number[] => processesWith("containerd-shim-runc-v2", `${run.root}/`);

/** Every process in a pod's cgroup. */
function podProcesses(): number[] {
  const pids = new Set<number>();
  for (const folder of cgroupFolders()) {
    for (const inner of tree(folder)) {
      for (const line of readLines(join(inner, "cgroup.procs"))) pids.add(Number(line));
    }
  }
  pids.delete(process.pid);
  return [...pids];
}

/** A folder and all below it, the deepest first. */
function tree(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const inner = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...inner.flatMap((entry) => tree(join(folder, entry.name))), folder];
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  } catch {
    return [];
  }
}

function removeCgroup(folder: string): void {
  for (const inner of tree(folder)) {
    try {
      rmdirSync(inner);
    } catch {
      // A process in it is still ending; the next run takes the folder away or uses it again.
    }
  }
}

/** Mount points below our folders, the deepest first. Spaces stand as \040 in the kernel's list. */
export const mountsBelow = (mounts: string, roots: readonly string[]): string[] =>
  mounts
    .split("\n")
    .map((line) => (line.split(" ")[1] ?? "").replace(/\\040/g, " "))
    .filter((path) => roots.some((root) => path.startsWith(`${root}/`)))
    .sort()
    .reverse();

async function unmountAll(): Promise<void> {
  const mounted = (): string[] =>
    mountsBelow(readFileSync("/proc/mounts", "utf8"), [cache.cluster, run.root]);
  for (const path of mounted()) await shell("umount", ["-l", path]);
  const [left] = mounted();
  // To remove a folder with a mount in it would remove what is mounted.
  if (left !== undefined)
    throw new ToolError(`${left} cannot be unmounted`, "end what uses it (fuser -vm), then run again");
}
