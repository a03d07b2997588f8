/** The services' network namespace, and how a program gets into it and into the folder of packages. */
import { existsSync } from "node:fs";
import { must, run as shell } from "../shell";
import { folders, inside, network, run } from "./settings";

const inNamespace = (command: string, args: readonly string[]): [string, string[]] => [
  "nsenter",
  [`--net=${run.netns}`, "--", command, ...args],
];

export async function makeNetwork(): Promise<void> {
  await removeNetwork();
  const { namespace, hostLink, host, services, prefix } = network;
  await must("ip", ["netns", "add", namespace]);
  await must("ip", ["link", "add", hostLink, "type", "veth", "peer", "name", "eth0", "netns", namespace]);
  await must("ip", ["addr", "add", `${host}/${prefix}`, "dev", hostLink]);
  await must("ip", ["link", "set", hostLink, "up"]);
  const steps = ["ip link set lo up", `ip addr add ${services}/${prefix} dev eth0`, "ip link set eth0 up"];
  await must(...inNamespace("sh", ["-ec", steps.join("\n")]));
}

export async function networkIsWhole(): Promise<boolean> {
  if (!existsSync(run.netns)) return false;
  const outside = await shell("ip", ["-br", "addr", "show", "dev", network.hostLink]);
  const within = await shell(...inNamespace("ip", ["-br", "addr", "show", "dev", "eth0"]));
  return outside.stdout.includes(network.host) && within.stdout.includes(network.services);
}

export async function removeNetwork(): Promise<void> {
  await shell("ip", ["netns", "del", network.namespace]);
  await shell("ip", ["link", "del", network.hostLink]);
}

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
