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
import { dirname, join } from "node:path";
import { ToolError } from "./errors";
import { step } from "./progress";
import { must, type Result, run } from "./shell";
import { digest } from "./store";

export interface Tree {
  /** Whose packages these are, in messages. */
  readonly of: string;
  readonly packages: readonly string[];
  /** Every set of packages has a folder of its own in this one. */
  readonly folder: string;
  /** What else scripts of the packages would make, besides what every tree gets. */
  readonly folders?: readonly string[];
  readonly links?: Readonly<Record<string, string>>;
  /** A command that is run in it once, by its whole path: that of the caller says nothing there. */
  readonly finish?: readonly string[];
}

/** Whether this machine can fetch a tree, and run programs in it. */
export const canHaveTrees = async (): Promise<boolean> =>
  process.platform === "linux" && process.getuid?.() === 0 && (await haveApt());

/** Unpacks packages and all they depend on, unless that was done before. Gives the folder. */
export async function prepareTree(tree: Tree): Promise<string> {
  const folder = treeOf(tree);
  if (existsSync(folder)) return folder;
  if (!(await haveApt()))
    throw new ToolError(
      `the packages of ${tree.of} are Debian's, and there is no apt-get here`,
      "run this on Debian",
    );
  const downloads = `${folder}.packages`;
  const archives = join(downloads, "archives");
  rmSync(downloads, { recursive: true, force: true });
  mkdirSync(join(archives, "partial"), { recursive: true });
  await step(
    `download the packages of ${tree.of}`,
    () => download(tree, downloads),
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
  furnish(tree, work);
  if (tree.finish !== undefined) await must("chroot", [work, ...tree.finish]);
  renameSync(work, folder);
  rmSync(downloads, { recursive: true, force: true });
  prune(folder);
  return folder;
}

/** Sets of packages that are kept in one folder. */
const keptTrees = 2;

function prune(newest: string): void {
  const all = dirname(newest);
  const others = readdirSync(all)
    .map((name) => join(all, name))
    .filter((path) => path !== newest)
    .map((path) => ({ path, made: statSync(path).mtimeMs }))
    .sort((a, b) => b.made - a.made);
  for (const { path } of others.slice(keptTrees - 1)) rmSync(path, { recursive: true, force: true });
}

/** Where packages are unpacked. */
export const treeOf = ({ folder, packages, folders = [], links = {}, finish = [] }: Tree): string => {
  const release = readFileSync("/etc/os-release", "utf8");
  const rest = JSON.stringify([furniture, folders, links, finish]);
  return join(folder, digest([release, rest, ...packages], []));
};

const debsIn = (folder: string): string[] => readdirSync(folder).filter((file) => file.endsWith(".deb"));

export async function haveApt(): Promise<boolean> {
  try {
    return (await run("apt-get", ["--version"])).code === 0;
  } catch {
    return false;
  }
}

/** With an empty list of what is installed, apt-get takes everything that the packages depend on. */
async function download({ of, packages }: Tree, folder: string): Promise<void> {
  const status = join(folder, "status");
  writeFileSync(status, "");
  const get = (): Promise<Result> =>
    run("apt-get", [
      "-o",
      `Dir::State::status=${status}`,
      "-o",
      `Dir::Cache::archives=${join(folder, "archives")}`,
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
      `apt-get cannot download the packages of ${of}\n${stderr}`,
      "see that `apt-get update` works; Debian 12 has them all",
    );
}

/** What scripts of the packages would make in every tree. */
const furniture = {
  folders: ["dev", "proc", "sys", "tmp", "run", "root"],
  files: {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "etc/group": "root:x:0:\n",
    "etc/hosts": "127.0.0.1 localhost\n",
  },
} as const;

function furnish({ folders = [], links = {} }: Tree, folder: string): void {
  for (const name of [...furniture.folders, ...folders]) mkdirSync(join(folder, name), { recursive: true });
  for (const [name, content] of Object.entries(furniture.files)) writeFileSync(join(folder, name), content);
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(folder, name));
}
