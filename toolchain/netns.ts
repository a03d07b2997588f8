/** A network namespace that a pair of links joins to the host. */
import { must, run as shell } from "./shell";

export interface LinkedNamespace {
  readonly namespace: string;
  /** Name of the host's end; the other one is `eth0`. */
  readonly hostLink: string;
  /** The host's address. */
  readonly host: string;
  readonly prefix: number;
}

/** The program and arguments that run `command` in the namespace. `ip netns exec` would hide the cgroups. */
export const inNetns = (namespace: string, command: string, args: readonly string[]): [string, string[]] => [
  "nsenter",
  [`--net=/run/netns/${namespace}`, "--", command, ...args],
];

/** Makes it, with the host's end up; `inside` are lines of shell for the other end. What was left half made goes first. */
export async function addLinked(network: LinkedNamespace, inside: readonly string[]): Promise<void> {
  await removeLinked(network);
  const { namespace, hostLink, host, prefix } = network;
  await must("ip", ["netns", "add", namespace]);
  await must("ip", ["link", "add", hostLink, "type", "veth", "peer", "name", "eth0", "netns", namespace]);
  await must("ip", ["addr", "add", `${host}/${prefix}`, "dev", hostLink]);
  await must("ip", ["link", "set", hostLink, "up"]);
  await must(...inNetns(namespace, "sh", ["-ec", inside.join("\n")]));
}

export async function removeLinked({ namespace, hostLink }: LinkedNamespace): Promise<void> {
  await shell("ip", ["netns", "del", namespace]);
  await shell("ip", ["link", "del", hostLink]);
}

/** The host's end is there, with its address. */
export const hasHostLink = async ({ hostLink, host }: LinkedNamespace): Promise<boolean> =>
  (await shell("ip", ["-br", "addr", "show", "dev", hostLink])).stdout.includes(host);
