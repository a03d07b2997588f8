/** Our own program with a stack's file or an example, in the real engine: as it stands, or with its resources changed on the way. */
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { secretKeys } from "../../../config/secrets";
import { root } from "../../../toolchain/paths";
import { ourPack } from "./packs";
import { inTypeScript, json } from "./programs";
import { Stack } from "./stack";

const settings = z.object({ config: z.record(z.string(), z.unknown()) });

export interface EnvironmentOptions {
  /** Other values for some keys. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Further variables for providers. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A stack with the file's configuration and every rule mandatory; secrets, which no file has, are made up. */
export async function environmentOf(file: string, options: EnvironmentOptions = {}): Promise<Stack> {
  const stack = await new Stack(options.env).init();
  mkdirSync(join(stack.dir, ".moat"));
  symlinkSync(join(root, ".moat/crds"), join(stack.dir, ".moat/crds"));
  const { config } = settings.parse(parse(readFileSync(join(root, file), "utf8")));
  const strict = { ...config, ...options.config, "moat:policies": { level: "mandatory" } };
  stack.write("Pulumi.test.yaml", stringify({ config: strict }));
  const secrets = Object.keys(secretKeys).flatMap((key) => ["--secret", `moat:${key}=not-a-secret`]);
  const { ok, text } = await stack.pulumi(["config", "set-all", "--stack", "test", ...secrets]);
  if (!ok) throw new Error(text);
  return stack;
}

/** A change to resources on their way to the engine. */
export interface Change {
  /** `aws:s3/bucketPolicy:BucketPolicy` */
  readonly type: string;
  /** Name in the program. Default: all of the type. */
  readonly name?: string;
  /** Code of a function from inputs to other inputs. It may use `pulumi`; inputs may be outputs. */
  readonly inputs: string;
}

/** Code of our program, with these changes. */
export const ourProgram = (...changes: readonly Change[]): string => `${inTypeScript}
const changes = [${changes.map(({ type, name, inputs }) => `{ type: ${json(type)}, name: ${json(name ?? null)}, inputs: ${inputs} }`).join(", ")}];
const met = new Set();
pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
  const change = changes.find((c) => c.type === type && (c.name === null || c.name === name));
  if (change === undefined) return undefined;
  met.add(change);
  return { props: change.inputs(props), opts };
});
module.exports = require(${json(join(root, "index.ts"))});
process.on("beforeExit", () => {
  for (const { type, name } of changes.filter((c) => !met.has(c))) throw new Error("nothing was changed: there is no " + type + " " + name);
});
`;

/** Rules that refuse our program with the changes, and the resources that they name: `s5a cluster-network-servers-etcd`. */
export async function refusals(stack: Stack, ...changes: readonly Change[]): Promise<string[]> {
  const { text } = await stack.failing("preview", ourProgram(...changes), ...ourPack);
  if (!text.includes("❌ moat")) throw new Error(`the pack refused nothing:\n${text}`);
  const found = [...text.matchAll(/\[mandatory\].* ([a-z]\d+[a-z]?) {2}\((?:\S+: )?(\S+)\)/g)];
  return [...new Set(found.map(([, rule, resource]) => `${rule} ${resource}`))].sort();
}

/** The edge's routes, but for the gateway: they lead straight to the programs that answer anybody. */
export const gatewayRemoved: Change = {
  type: "kubernetes:core/v1:ConfigMap",
  name: "edge-config",
  inputs: `(props) => ({ ...props, data: pulumi.output(props.data).apply((data) =>
    Object.fromEntries(Object.entries(data).map(([file, text]) =>
      [file, text.replace(/https:\\/\\/read-gateway\\.\\S+?(?="|\\s)/g, "http://thanos-query-frontend.moat-system.svc:10902")]))) })`,
};
