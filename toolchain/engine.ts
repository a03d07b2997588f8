/** The Pulumi CLI and its plugins: what is installed, else downloaded, else built. */
import { existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { versions } from "../versions";
import { type GoProgram, openstackPlugin, pluginProgram, pulumiProgram } from "./artefacts";
import { buildGo, builtFile, goEntry } from "./builder";
import { downloadPulumi } from "./download";
import { ToolError } from "./errors";
import { internet } from "./internet";
import { cache, program, root } from "./paths";
import { step } from "./progress";
import { must, run } from "./shell";
import { isStored, replaceLink } from "./store";

/** Provider packages of the npm scope that have a plugin; the others are libraries. */
const libraries = new Set(["pulumi", "policy"]);

export interface Plugin {
  readonly name: string;
  readonly version: string;
}

/** The plugins that package.json's dependencies ask for, in exactly their versions. */
export const pluginsOf = (dependencies: Readonly<Record<string, string>>): Plugin[] =>
  Object.entries(dependencies).flatMap(([dependency, version]) => {
    const name = /^@pulumi\/(.+)$/.exec(dependency)?.[1];
    return name === undefined || libraries.has(name) ? [] : [{ name, version }];
  });

function readDependencies(): Record<string, string> {
  const content: unknown = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  if (typeof content !== "object" || content === null || !("dependencies" in content)) return {};
  const { dependencies } = content;
  if (typeof dependencies !== "object" || dependencies === null) return {};
  return Object.fromEntries(
    Object.entries(dependencies).filter((e): e is [string, string] => typeof e[1] === "string"),
  );
}

/** Where the engine looks for a provider plugin. */
const pluginFile = ({ name, version }: Plugin): string =>
  join(cache.pulumi, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);

/** An official plugin is a file; a stand-in of ours is a link into the cache. */
const isOfficial = (path: string): boolean => existsSync(path) && !lstatSync(path).isSymbolicLink();

/** Whether engine and plugins come from the official places or are built. Decides what else is needed. */
export async function engineIsBuilt(): Promise<boolean> {
  return !(await installedPulumi()) && !(await internet());
}

/** A CLI of another version than the SDK's is passed over: engine and SDK are released together. */
async function installedPulumi(): Promise<string | undefined> {
  const outside = (process.env.PATH ?? "")
    .split(":")
    .filter((folder) => folder !== "" && folder !== cache.bin);
  const found = outside.map((folder) => join(folder, "pulumi")).find((path) => existsSync(path));
  if (found === undefined || !existsSync(join(dirname(found), "pulumi-language-nodejs"))) return undefined;
  const { stdout } = await run(found, ["version"]);
  return stdout.trim() === `v${versions.pulumi}` ? found : undefined;
}

export async function prepareEngine(): Promise<void> {
  const installed = await installedPulumi();
  if (installed !== undefined) {
    mkdirSync(cache.bin, { recursive: true });
    replaceLink(realpathSync(installed), program("pulumi"));
  } else if (await internet()) {
    await downloadPulumi();
  } else {
    await buildGo([pulumiProgram, pluginProgram]);
    // The engine takes language hosts that lie beside it as its own.
    replaceLink(builtFile(pluginProgram), join(dirname(builtFile(pulumiProgram)), "pulumi-language-nodejs"));
  }
  for (const plugin of pluginsOf(readDependencies())) await preparePlugin(plugin);
}

async function preparePlugin(plugin: Plugin): Promise<void> {
  const path = pluginFile(plugin);
  if (isOfficial(path)) return;
  if (await internet()) {
    rmSync(dirname(path), { recursive: true, force: true });
    const args = ["plugin", "install", "resource", plugin.name, plugin.version];
    await step(`plugin ${plugin.name} ${plugin.version}`, () =>
      must(program("pulumi"), args, { env: { ...process.env, PULUMI_HOME: cache.pulumi } }),
    );
    return;
  }
  await take(plugin, standInFor(plugin));
}

/** A plugin that we can build for real is taken where somebody has asked for it once. */
function standInFor({ name, version }: Plugin): GoProgram {
  const real = openstackPlugin(version);
  return name === "openstack" && isStored(goEntry(real)) ? real : pluginProgram;
}

async function take(plugin: Plugin, built: GoProgram): Promise<void> {
  await buildGo([built]);
  mkdirSync(dirname(pluginFile(plugin)), { recursive: true });
  replaceLink(builtFile(built), pluginFile(plugin));
}

function openstackPackage(): Plugin {
  const plugin = pluginsOf(readDependencies()).find(({ name }) => name === "openstack");
  if (plugin === undefined) throw new ToolError("package.json does not name @pulumi/openstack");
  return plugin;
}

/** Where the engine looks for the plugin of @pulumi/openstack. */
export const openstackPluginFile = (): string => pluginFile(openstackPackage());

/**
 * The plugin of @pulumi/openstack that really checks and makes things, after `prepareEngine`: the official one, or our build of the same
 * provider. Apart from the others, as a build takes minutes, and only environments on OpenStack need it.
 */
export async function prepareOpenStackPlugin(): Promise<void> {
  const plugin = openstackPackage();
  if (!isOfficial(pluginFile(plugin))) await take(plugin, openstackPlugin(plugin.version));
}
