/**
 * Debian's packages, unpacked below the cache and never installed: no script of theirs runs, nothing of the machine changes, and
 * removing the folder removes them. The set is closed, down to the C library, so a program runs in it by chroot.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { ToolError } from "../errors";
import { step } from "../progress";
import { must, type Result, run } from "../shell";
import { digest } from "../store";
import { folders, inside } from "./settings";

/** Unpacks packages and all they depend on, unless that was done before. Gives the folder. */
export async function prepareTree(packages: readonly string[]): Promise<string> {
  const folder = treeOf(packages);
  if (existsSync(folder)) return folder;
  if (!(await haveApt()))
    throw new ToolError(
      "OpenStack's services come from Debian's packages, and there is no apt-get here",
      "run this on Debian",
    );
  const archives = join(folders.packages, "archives");
  rmSync(folders.packages, { recursive: true, force: true });
  mkdirSync(join(archives, "partial"), { recursive: true });
  await step(
    "download OpenStack's packages",
    () => download(packages),
    () => `${debsIn(archives).length} so far`,
  );
  const work = `${folder}.part`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const debs = debsIn(archives);
  let unpacked = 0;
  await step(
    `unpack ${debs.length} packages`,
    async () => {
      for (const deb of debs) {
        await must("dpkg-deb", ["-x", join(archives, deb), work]);
        unpacked += 1;
      }
    },
    () => `${unpacked} so far`,
  );
  furnish(work);
  renameSync(work, folder);
  rmSync(folders.packages, { recursive: true, force: true });
  prune(folder);
  return folder;
}

/** Trees that are kept: one for the tests of `make test`, one for those on the whole cloud. */
const keptTrees = 2;

function prune(newest: string): void {
  const others = readdirSync(folders.trees)
    .map((name) => join(folders.trees, name))
    .filter((path) => path !== newest)
    .map((path) => ({ path, made: statSync(path).mtimeMs }))
    .sort((a, b) => b.made - a.made);
  for (const { path } of others.slice(keptTrees - 1)) rmSync(path, { recursive: true, force: true });
}

/** Where packages are unpacked. */
export const treeOf = (packages: readonly string[]): string =>
  join(
    folders.trees,
    digest([readFileSync("/etc/os-release", "utf8"), JSON.stringify(furniture), ...packages], []),
  );

const debsIn = (folder: string): string[] => readdirSync(folder).filter((file) => file.endsWith(".deb"));

export async function haveApt(): Promise<boolean> {
  try {
    return (await run("apt-get", ["--version"])).code === 0;
  } catch {
    return false;
  }
}

/** With an empty list of what is installed, apt-get takes everything that the packages depend on. */
async function download(packages: readonly string[]): Promise<void> {
  const status = join(folders.packages, "status");
  writeFileSync(status, "");
  const get = (): Promise<Result> =>
    run("apt-get", [
      "-o",
      `Dir::State::status=${status}`,
      "-o",
      `Dir::Cache::archives=${join(folders.packages, "archives")}`,
      // Its own lists in binary form would name what the machine has installed.
      "-o",
      "Dir::Cache::pkgcache=",
      "-o",
      "Dir::Cache::srcpkgcache=",
      "-o",
      "APT::Keep-Downloaded-Packages=true",
      "-o",
      "APT::Sandbox::User=root",
      "-o",
      "Debug::NoLocking=true",
      "-o",
      "Acquire::Retries=3",
      "--no-install-recommends",
      "--download-only",
      "-qq",
      "-y",
      "install",
      ...packages,
    ]);
  // Lists that are missing or old name packages that are not to be had.
  if ((await get()).code === 0) return;
  await run("apt-get", ["update", "-qq"]);
  const { code, stderr } = await get();
  if (code !== 0)
    throw new ToolError(
      `apt-get cannot download OpenStack's packages\n${stderr}`,
      "see that `apt-get update` works; Debian 12 has them all",
    );
}

/** What scripts of the packages would make. */
const furniture = {
  folders: ["dev", "proc", "tmp", "run", "root", inside.slice(1), "etc/ssl/certs"],
  files: {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "etc/group": "root:x:0:\n",
    "etc/hosts": "127.0.0.1 localhost\n",
  },
  // The services trust this cloud's own authority and nobody else.
  links: { "etc/ssl/certs/ca-certificates.crt": `${inside}/pki/ca.crt` },
} as const;

function furnish(folder: string): void {
  for (const name of furniture.folders) mkdirSync(join(folder, name), { recursive: true });
  for (const [name, content] of Object.entries(furniture.files)) writeFileSync(join(folder, name), content);
  for (const [name, target] of Object.entries(furniture.links)) symlinkSync(target, join(folder, name));
}
