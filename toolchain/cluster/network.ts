/** The node's network namespace, and the cgroups that its pods live in. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addLinked, hasHostLink, inNetns, removeLinked } from "../netns";
import { run as shell } from "../shell";
import { cgroup, network, run } from "./settings";

/** The program and arguments that run `command` in the node's namespace. */
export const inNode = (command: string, args: readonly string[]): [string, string[]] =>
  inNetns(network.namespace, command, args);

/** Makes the namespace if it is not there or was left half made. */
export async function makeNetwork(): Promise<void> {
  if (await networkIsWhole()) return;
  const { host, node, prefix } = network;
  // Strict reverse path filtering keeps a pod from sending under the address of another.
  await addLinked(network, [
    "ip link set lo up",
    "for f in all default; do echo 1 >/proc/sys/net/ipv4/conf/$f/rp_filter; done",
    `ip addr add ${node}/${prefix} dev eth0`,
    "ip link set eth0 up",
    `ip route add default via ${host}`,
    "echo 1 >/proc/sys/net/ipv4/ip_forward",
  ]);
}

export async function networkIsWhole(): Promise<boolean> {
  if (!existsSync(run.netns)) return false;
  const route = await shell(...inNode("ip", ["route", "show", "default"]));
  const forwards = await shell(...inNode("cat", ["/proc/sys/net/ipv4/ip_forward"]));
  return (
    route.stdout.includes(network.host) && (await hasHostLink(network)) && forwards.stdout.trim() === "1"
  );
}

export const removeNetwork = (): Promise<void> => removeLinked(network);

/** Folders of the cgroup that pods are under: one for each hierarchy that is mounted, of version 1 and of version 2. */
export const cgroupFolders = (mounts = readFileSync("/proc/mounts", "utf8")): string[] =>
  mounts
    .split("\n")
    .map((line) => line.split(" "))
    .filter(
      ([, path, kind]) => path?.startsWith("/sys/fs/cgroup") && (kind === "cgroup" || kind === "cgroup2"),
    )
    .flatMap(([, path]) => (path === undefined ? [] : [join(path, cgroup)]));

/** The kubelet wants its root cgroup to exist in every hierarchy. */
export function makeCgroups(): void {
  for (const folder of cgroupFolders()) {
    const parent = join(folder, "..");
    // Version 2 hands controllers down only when told to; those that version 1 has taken are not there to hand down.
    const control = join(parent, "cgroup.subtree_control");
    if (existsSync(control)) {
      writeFileSync(control, handDown(readFileSync(join(parent, "cgroup.controllers"), "utf8")));
    }
    mkdirSync(folder, { recursive: true });
    // In version 1 a set of processors begins empty, and nothing can run in it.
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      const path = join(folder, file);
      if (existsSync(control) || !existsSync(path) || readFileSync(path, "utf8").trim() !== "") continue;
      writeFileSync(path, readFileSync(join(parent, file), "utf8"));
    }
  }
}

/** The controllers that the kubelet uses, of those that there are. */
export const handDown = (controllers: string): string =>
  controllers
    .trim()
    .split(" ")
    .filter((name) => ["cpuset", "cpu", "io", "memory", "pids"].includes(name))
    .map((name) => `+${name}`)
    .join(" ");
