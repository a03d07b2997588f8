/** Brings images into the embedded cluster's container runtime, each only when it or its programs changed. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { acmePrograms, clusterPrograms, imagePrograms, traefikProgram } from "../artefacts";
import { builtFile } from "../builder";
import { ToolError } from "../errors";
import { type BuiltImage, mkimageArgs } from "../images";
import { program } from "../paths";
import { step } from "../progress";
import { pipe, run as shell } from "../shell";
import { digest } from "../store";
import { importedImages, run } from "./settings";

const sources = new Map(
  [...clusterPrograms, ...imagePrograms, ...acmePrograms, traefikProgram].map((p) => [p.name, p]),
);

function fileOfProgram(name: string): string {
  const source = sources.get(name);
  if (source === undefined) throw new ToolError(`no program ${name} among the artefacts`);
  return builtFile(source);
}

const ctr = (...args: string[]): [string, string[]] => [
  "ctr",
  ["-a", run.containerdSocket, "-n", "k8s.io", ...args],
];

/** Imports one image if it is not there as it should be. Calls must not overlap. */
export async function importImage(image: BuiltImage): Promise<void> {
  const args = mkimageArgs(image, fileOfProgram);
  // The path of a program in the store has its key in it, so this is a digest of the content.
  const key = digest([JSON.stringify(args)], []);
  if (readImported()[image.ref] === key && (await isThere(image.ref))) return;
  await step(`image ${image.ref}`, () => pipe([program("mkimage"), args], ctr("images", "import", "-")));
  const imported = { ...readImported(), [image.ref]: key };
  mkdirSync(dirname(importedImages), { recursive: true });
  writeFileSync(`${importedImages}.part`, JSON.stringify(imported, null, 1));
  renameSync(`${importedImages}.part`, importedImages);
}

async function isThere(ref: string): Promise<boolean> {
  const [command, args] = ctr("images", "ls", "-q", `name==${ref}`);
  return (await shell(command, args)).stdout.trim() === ref;
}

function readImported(): Record<string, string> {
  try {
    const value: unknown = JSON.parse(readFileSync(importedImages, "utf8"));
    if (typeof value !== "object" || value === null) return {};
    return Object.fromEntries(
      Object.entries(value).filter((e): e is [string, string] => typeof e[1] === "string"),
    );
  } catch {
    return {};
  }
}
