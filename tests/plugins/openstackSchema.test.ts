/** The plugin that we build for @pulumi/openstack knows every type of the package, with the same inputs, down to their parts. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { z } from "zod";
import { openstackPluginFile } from "../../toolchain/engine";
import { program, root } from "../../toolchain/paths";
import { must } from "../../toolchain/shell";

/** Inputs by name, each with its type in full; optional ones with a question mark. */
type Inputs = Readonly<Record<string, string>>;

const typeSpec = z.object({
  type: z.string().optional(),
  $ref: z.string().optional(),
  get items() {
    return typeSpec.optional();
  },
  get additionalProperties() {
    return typeSpec.optional();
  },
});
const properties = z.record(z.string(), typeSpec);
const schema = z.object({
  resources: z.record(
    z.string(),
    z.object({ inputProperties: properties.default({}), requiredInputs: z.array(z.string()).default([]) }),
  ),
  types: z.record(
    z.string(),
    z.object({ properties: properties.default({}), required: z.array(z.string()).default([]) }),
  ),
});
type Schema = z.output<typeof schema>;

/** As the package would declare them. */
function declared({ types }: Schema, all: z.output<typeof properties>, required: readonly string[]): Inputs {
  const spell = ({ type, $ref, items, additionalProperties }: z.output<typeof typeSpec>): string => {
    const part = types[$ref?.replace("#/types/", "") ?? ""];
    if (part !== undefined) return text(declared({ ...none, types }, part.properties, part.required));
    if (items !== undefined) return `Input<${spell(items)}>[]`;
    if (additionalProperties !== undefined) return `{[key:string]:${wrap(spell(additionalProperties))};}`;
    return type === "integer" ? "number" : (type ?? "any");
  };
  return Object.fromEntries(
    Object.entries(all).map(([name, spec]) => [
      required.includes(name) ? name : `${name}?`,
      `Input<${spell(spec)}>`,
    ]),
  );
}
const none: Schema = { resources: {}, types: {} };
const wrap = (type: string): string => (type === "any" ? type : `Input<${type}>`);
const text = (inputs: Inputs): string => JSON.stringify(Object.entries(inputs).sort());

const sdk = join(root, "node_modules/@pulumi/openstack");

/** Interfaces of a declaration file by name: `SubnetArgs`, or `networking.SubnetAllocationPool` in a namespace. */
function interfacesOf(file: string): Map<string, ts.InterfaceDeclaration> {
  const found = new Map<string, ts.InterfaceDeclaration>();
  const visit = (node: ts.Node, space: string): void => {
    if (ts.isModuleDeclaration(node))
      ts.forEachChild(node, (part) => visit(part, `${space}${node.name.text}.`));
    else if (ts.isInterfaceDeclaration(node)) found.set(`${space}${node.name.text}`, node);
    else ts.forEachChild(node, (part) => visit(part, space));
  };
  visit(ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true), "");
  return found;
}

const parts = interfacesOf(join(sdk, "types/input.d.ts"));

function membersOf(node: ts.InterfaceDeclaration): Inputs {
  const spell = (type: string): string =>
    type.replace(/inputs\.([\w.]+)/g, (_, name: string) => {
      const part = parts.get(name);
      return part === undefined ? name : text(membersOf(part));
    });
  return Object.fromEntries(
    node.members
      .filter(ts.isPropertySignature)
      .map((member) => [
        `${member.name.getText()}${member.questionToken === undefined ? "" : "?"}`,
        spell((member.type?.getText() ?? "").replace(/\s+|pulumi\./g, "")),
      ]),
  );
}

/** The package's types, each with its inputs. */
function published(): Map<string, Inputs> {
  const files = readdirSync(sdk, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".js"),
  );
  return new Map(
    files.flatMap((file): [string, Inputs][] => {
      const token = /__pulumiType = '(openstack:[^']+)'/.exec(readFileSync(join(sdk, file), "utf8"))?.[1];
      const args = interfacesOf(join(sdk, file.replace(/\.js$/, ".d.ts"))).get(
        `${token?.split(":").at(-1)}Args`,
      );
      return token === undefined || args === undefined ? [] : [[token, membersOf(args)]];
    }),
  );
}

let plugin: Schema;
beforeAll(async () => {
  plugin = schema.parse(
    JSON.parse(await must(program("pulumi"), ["package", "get-schema", openstackPluginFile()])),
  );
});

test("has every type of the package, and no other", () => {
  expect(Object.keys(plugin.resources).sort()).toEqual([...published().keys()].sort());
});

test("takes the inputs that the package declares, by name, type and need", () => {
  const ours = Object.entries(plugin.resources).map(([token, { inputProperties, requiredInputs }]) => [
    token,
    declared(plugin, inputProperties, requiredInputs),
  ]);
  expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(published()));
});
