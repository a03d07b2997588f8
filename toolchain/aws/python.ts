/** Python with moto and boto3, in a folder of the cache: nothing of the machine's own Python changes. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { versions } from "../../versions";
import { ToolError } from "../errors";
import { step } from "../progress";
import { must, run } from "../shell";
import { digest, fileOf, fill, isStored, type StoreEntry, use } from "../store";

const requirements = join(__dirname, "requirements.txt");

/** Runs Python 3 with them: `moto-python -m moto.server`. */
export const motoPython = "moto-python";

const launcher = `#!/bin/sh
export PYTHONPATH="$(dirname "$(readlink -f "$0")")/packages"
exec python3 "$@"
`;

/** Wheels are of one Python on one machine. */
const platform = "import sys, sysconfig; print(sys.implementation.cache_tag, sysconfig.get_platform())";

async function entryOf(): Promise<StoreEntry> {
  const python = await must("python3", ["-c", platform]);
  const key = digest([python, launcher, readFileSync(requirements, "utf8")], []);
  return { name: motoPython, version: versions.moto.replace(/-/g, "_"), key };
}

/** Whether this machine has a Python that they run on, with pip; and whether programs in Go take an authority from a variable. */
export async function canRunMoto(): Promise<boolean> {
  if (process.platform !== "linux") return false;
  try {
    const wanted = "import sys, pip; sys.exit(sys.version_info < (3, 10))";
    return (await run("python3", ["-c", wanted])).code === 0;
  } catch {
    return false;
  }
}

/** Installs what is not in the cache. Gives the path of the launcher. */
export async function prepareMoto(): Promise<string> {
  if (!(await canRunMoto()))
    throw new ToolError(
      "moto needs Linux and Python 3.10 or later, with pip",
      "install python3 and python3-pip, then run again",
    );
  const entry = await entryOf();
  if (!isStored(entry)) await step(`install moto ${versions.moto}`, () => fill(entry, install));
  use(entry);
  return fileOf(entry);
}

async function install(path: string): Promise<void> {
  const target = join(dirname(path), "packages");
  // The list is whole, so pip need not look for anything that it does not name.
  const flags = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"];
  await must("python3", ["-m", "pip", "install", ...flags, "--target", target, "-r", requirements], {
    advice: "check that pip reaches its package index (`pip config list`), then run again",
  });
  writeFileSync(path, launcher);
  chmodSync(path, 0o755);
}
