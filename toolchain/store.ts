/** The cache of built and downloaded programs, by name, version and the digest of what they are made from. */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { join, relative } from "node:path";
import { cache } from "./paths";

export interface StoreEntry {
  readonly name: string;
  readonly version: string;
  readonly key: string;
}

export const folderOf = ({ name, version, key }: StoreEntry): string =>
  join(cache.store, `${name}-${version}-${key}`);
export const fileOf = (entry: StoreEntry): string => join(folderOf(entry), entry.name);
export const isStored = (entry: StoreEntry): boolean => existsSync(fileOf(entry));

/**
 * Fills an entry: `make` writes the program to the path that it is given. An entry appears whole or not at all, so a
 * run that was interrupted leaves nothing half done.
 */
export async function fill(entry: StoreEntry, make: (path: string) => Promise<void>): Promise<void> {
  const work = `${folderOf(entry)}.part`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  await make(join(work, entry.name));
  rmSync(folderOf(entry), { recursive: true, force: true });
  renameSync(work, folderOf(entry));
}

/** Makes the entry the current one, under its name and others. */
export function use(entry: StoreEntry, names: readonly string[] = []): void {
  mkdirSync(cache.bin, { recursive: true });
  const now = new Date();
  utimesSync(folderOf(entry), now, now);
  for (const name of [entry.name, ...names])
    replaceLink(relative(cache.bin, fileOf(entry)), join(cache.bin, name));
  prune(entry);
}

/** A link is replaced in one step, so that nobody ever finds none. */
export function replaceLink(target: string, path: string): void {
  try {
    if (readlinkSync(path) === target) return;
  } catch {
    // There is none yet.
  }
  rmSync(`${path}.new`, { force: true });
  symlinkSync(target, `${path}.new`);
  renameSync(`${path}.new`, path);
}

/** Builds of one program that are kept besides the current one, for other checkouts and for going back. */
const keptBuilds = 2;

function prune(current: StoreEntry): void {
  const build = new RegExp(`^${quote(current.name)}-[^-]+-[0-9a-f]{12}$`);
  const others = readdirSync(cache.store, { withFileTypes: true })
    .filter((e) => e.isDirectory() && build.test(e.name))
    .map((e) => join(cache.store, e.name))
    .filter((path) => path !== folderOf(current));
  const byAge = others.map((path) => ({ path, used: lastUse(path) })).sort((a, b) => b.used - a.used);
  for (const { path } of byAge.slice(keptBuilds)) rmSync(path, { recursive: true, force: true });
}

const quote = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const lastUse = (path: string): number => statSync(path).mtimeMs;

/** Digest of texts and of files below folders: what a build depends on. Tests are no part of a program. */
export function digest(texts: readonly string[], folders: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text).update("\0");
  for (const folder of folders) {
    for (const file of filesBelow(folder))
      hash.update(relative(folder, file)).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex").slice(0, 12);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((e) => (e.isDirectory() ? filesBelow(join(folder, e.name)) : [join(folder, e.name)]))
    .filter((path) => !path.endsWith("_test.go"));
}
