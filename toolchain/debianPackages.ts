/** What is installed from the distribution where that is missing: it belongs to the system, and has no other home. */
import { existsSync } from "node:fs";
import { step } from "./progress";
import { must, run } from "./shell";

/** Package to a file that shows that it is there, however it came. */
const packages = {
  containerd: ["/usr/bin/containerd", "/usr/local/bin/containerd"],
  runc: ["/usr/sbin/runc", "/usr/bin/runc", "/usr/local/sbin/runc"],
  "containernetworking-plugins": ["/usr/lib/cni/ptp"],
  nftables: ["/usr/sbin/nft", "/sbin/nft"],
  iproute2: ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip"],
  "python3-pip": ["/usr/bin/pip3", "/usr/bin/pip", "/usr/local/bin/pip3"],
  openssl: ["/usr/bin/openssl", "/usr/local/bin/openssl"],
  curl: ["/usr/bin/curl", "/usr/local/bin/curl"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type DebianPackage = keyof typeof packages;

/** The embedded cluster's: the container runtime, the tools of the kernel's network, and what fetches Traefik. */
export const clusterPackages = [
  "containerd",
  "runc",
  "containernetworking-plugins",
  "nftables",
  "iproute2",
  "python3-pip",
] as const satisfies readonly DebianPackage[];

export const missingPackages = (
  wanted: readonly DebianPackage[],
  exists: (path: string) => boolean,
  pip: boolean,
): DebianPackage[] =>
  wanted.filter((name) => !(name === "python3-pip" && pip) && !packages[name].some(exists));

export async function installPackages(wanted: readonly DebianPackage[]): Promise<void> {
  const missing = missingPackages(wanted, existsSync, await havePip());
  if (missing.length === 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const advice = `install them by hand: apt-get update && apt-get install ${missing.join(" ")}`;
  await step(`Debian packages ${missing.join(", ")}`, async () => {
    await run("apt-get", ["update", "-qq"], { env });
    await must("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...missing], { env, advice });
  });
}

/** Whether `python3 -m pip` works, whoever brought it. */
export async function havePip(): Promise<boolean> {
  try {
    return (await run("python3", ["-m", "pip", "--version"])).code === 0;
  } catch {
    return false;
  }
}
