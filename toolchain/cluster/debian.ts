/** What the embedded cluster takes from the distribution: the container runtime and the tools of the kernel's network. */
import { existsSync } from "node:fs";
import { step } from "../progress";
import { must, run } from "../shell";

/** Package to a file that shows that it is there, however it came. */
const packages: Readonly<Record<string, readonly string[]>> = {
  containerd: ["/usr/bin/containerd", "/usr/local/bin/containerd"],
  runc: ["/usr/sbin/runc", "/usr/bin/runc", "/usr/local/sbin/runc"],
  "containernetworking-plugins": ["/usr/lib/cni/ptp"],
  nftables: ["/usr/sbin/nft", "/sbin/nft"],
  iproute2: ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip"],
  "python3-pip": ["/usr/bin/pip3", "/usr/bin/pip", "/usr/local/bin/pip3"],
};

export const missingPackages = (exists: (path: string) => boolean, pip: boolean): string[] =>
  Object.entries(packages)
    .filter(([name, files]) => !(name === "python3-pip" && pip) && !files.some(exists))
    .map(([name]) => name);

export async function installPackages(): Promise<void> {
  const pip = await works("python3", ["-m", "pip", "--version"]);
  const missing = missingPackages(existsSync, pip);
  if (missing.length === 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const advice = `install them by hand: apt-get update && apt-get install ${missing.join(" ")}`;
  await step(`Debian packages ${missing.join(", ")}`, async () => {
    await run("apt-get", ["update", "-qq"], { env });
    await must("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...missing], { env, advice });
  });
}

async function works(command: string, args: readonly string[]): Promise<boolean> {
  try {
    return (await run(command, args)).code === 0;
  } catch {
    return false;
  }
}
