/**
 * PATH of tests: the project's own programs, and links to what a machine may be asked for. What somebody has installed by hand is not
 * found, so a test that needs it fails on every machine and not only on a bare one. A program that is missing here belongs either into
 * this list, as every machine has it, or into ./testTools.ts.
 */
import { accessSync, constants, mkdirSync, readdirSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { cache, local } from "./paths";
import { replaceLink } from "./store";

const words = (text: string): string[] => text.trim().split(/\s+/);

/** By who promises that it is there. */
const allowed = {
  readme: words("git make node npm npx go"),
  everySystem: words(`
    awk base64 basename bash cat chmod chown chroot cmp comm cp cut date dd df diff dirname du env expr false find fold getent grep gunzip
    gzip head hostname id install kill ldconfig ln ls lsblk mkdir mkfifo mktemp mount mountpoint mv nice nohup nproc nsenter od paste printf
    ps pwd readlink realpath rm rmdir sed seq setsid sh sha256sum sleep sort stat stty sync sysctl tail tar tee test timeout touch tr true
    tty umount uname uniq unshare wc which xargs`),
  debian: words("apt-get apt-cache dpkg dpkg-deb dpkg-query modprobe"),
  /** ./debianPackages.ts */
  installed: words("containerd containerd-shim-runc-v2 ctr curl ip nft openssl python3 runc"),
  /** Where they are, they are used: ./engine.ts, ./cluster/choice.ts. */
  usedWhereThere: words("docker pulumi pulumi-language-nodejs"),
} as const;

/** Makes the folder of links anew, of what is on `path`. */
export function linkAllowed(folder: string, path: string): void {
  const names: readonly string[] = Object.values(allowed).flat();
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (!names.includes(name)) rmSync(join(folder, name));
  const places = path.split(delimiter).filter((place) => place !== "" && place !== cache.bin);
  for (const name of names) {
    const found = places.map((place) => join(place, name)).find(isProgram);
    if (found === undefined) rmSync(join(folder, name), { force: true });
    else replaceLink(found, join(folder, name));
  }
}

/** What tests find their programs by. */
export function testPath(path = process.env.PATH ?? ""): string {
  const folder = join(local.root, "tests", "bin");
  // A test asks; there is nothing else to link.
  if (path.split(delimiter).includes(folder)) return path;
  linkAllowed(folder, path);
  return [cache.bin, folder].join(delimiter);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
