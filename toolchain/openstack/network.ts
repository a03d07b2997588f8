/** The services' network namespace, and how a program gets into it and into the folder of packages. */
import { existsSync } from "node:fs";
import { addLinked, hasHostLink, inNetns, removeLinked } from "../netns";
import { run as shell } from "../shell";
import { folders, inside, network, run } from "./settings";

const inNamespace = (command: string, args: readonly string[]): [string, string[]] =>
  inNetns(network.namespace, command, args);

export const makeNetwork = (): Promise<void> =>
  addLinked(network, [
    "ip link set lo up",
    `ip addr add ${network.services}/${network.prefix} dev eth0`,
    "ip link set eth0 up",
  ]);

export async function networkIsWhole(): Promise<boolean> {
  if (!existsSync(run.netns)) return false;
  const within = await shell(...inNamespace("ip", ["-br", "addr", "show", "dev", "eth0"]));
  return (await hasHostLink(network)) && within.stdout.includes(network.services);
}

export const removeNetwork = (): Promise<void> => removeLinked(network);

/** Mounts belong to the program that runs here, and go with it. */
const enter = [
  "root=$1; state=$2; shift 2",
  'mount --rbind /dev "$root/dev"',
  'mount --rbind /proc "$root/proc"',
  `mount --bind "$state" "$root${inside}"`,
  'exec chroot "$root" "$@"',
].join("\n");

/** The command that runs a program of the packages in `tree`. It keeps its process id all the way. */
export const inTree = (
  tree: string,
  [command, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): [string, string[]] =>
  inNamespace("unshare", [
    "--mount",
    "--propagation",
    "private",
    "sh",
    "-ec",
    enter,
    "sh",
    tree,
    folders.state,
    "/usr/bin/env",
    "-i",
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG=C.UTF-8",
    "HOME=/root",
    ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
    command,
    ...args,
  ]);
