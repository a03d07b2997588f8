/** docs/config.md: every key of the configuration with its type, default and meaning, read off the schema. */
import { z } from "zod";
import { schema } from "../config/schema";
import { secretKeys } from "../config/secrets";

type Shape = z.core.JSONSchema.BaseSchema;

/** One line of a table. */
interface Row {
  readonly path: string;
  readonly type: string;
  readonly default: string;
  readonly meaning: string;
}

/** The schema as its users write it: defaults not yet filled in. */
export const configShape: Shape = z.toJSONSchema(schema, { io: "input" });

export function configReference(): string {
  const keys = Object.entries(configShape.properties ?? {}).flatMap(([key, shape]) =>
    typeof shape === "boolean" ? [] : [{ key, shape, required: isRequired(configShape, key) }],
  );
  const single = keys.filter(({ shape }) => !isGroup(shape));
  const groups = keys.filter(({ shape }) => isGroup(shape));
  const secrets = Object.entries(secretKeys).map(([key, meaning]) => ({
    path: key,
    type: "text",
    default: "",
    meaning,
  }));
  return [
    introduction,
    "## Single keys\n",
    table(single.map(({ key, shape, required }) => rowOf(key, shape, required))),
    ...groups.flatMap(({ key, shape, required }) => [
      `## ${key}\n`,
      `${shape.description ?? ""}.${required ? " Required." : ""}\n`,
      ...sections(key, shape),
    ]),
    "## Secrets\n",
    "Set with `pulumi config set --secret <key>`, which asks for the value and encrypts it. Each says when it is needed.\n",
    table(secrets),
  ].join("\n");
}

const introduction = `# Configuration

<!-- Printed from config/schema.ts: npx tsx docs/generate.ts -->

One file for each environment, \`Pulumi.<stack>.yaml\`; all keys stand under \`moat:\`, as in \`moat:clusterName: dev\`. Examples:
[Pulumi.dev.yaml](../Pulumi.dev.yaml), [Pulumi.prod.yaml](../Pulumi.prod.yaml).

Every mistake is reported at once, with its place and its mend, before anything is created.

* *duration*: one whole number and a unit, \`s\`, \`m\`, \`h\`, \`d\`, \`w\` or \`y\`: \`90s\`, \`2h\`, \`30d\`.
* *size*: bytes with a binary unit, \`Ki\`, \`Mi\`, \`Gi\` or \`Ti\`: \`512Mi\`, \`20Gi\`.
* *CPU*: as Kubernetes counts it: \`2\`, \`0.5\`, \`500m\`.
* *name*: lower-case letters, digits and dashes.
* *address range*: \`10.1.0.0/16\`.

A key without a default is required, unless the column says what is done without it.
`;

/** Tables of one group: its own keys, then one table for each kind that it may be of. */
function sections(path: string, shape: Shape): string[] {
  const kinds = kindsOf(shape);
  if (kinds.length === 0) return [table(rowsOf(path, shape))];
  return kinds.flatMap((kind) => {
    const { name, value, meaning } = discriminator(kind);
    return [`### ${path}.${name}: ${value}\n`, `${meaning}.\n`, table(rowsOf(path, kind).slice(1))];
  });
}

/** All keys below one group, each with its whole path. */
function rowsOf(path: string, shape: Shape): Row[] {
  const { additionalProperties: any } = shape;
  if (shape.properties === undefined && typeof any === "object" && any.properties !== undefined)
    return rowsOf(`${path}.<name>`, any);
  return Object.entries(shape.properties ?? {}).flatMap(([key, inner]) => {
    if (typeof inner === "boolean") return [];
    const own = rowOf(`${path}.${key}`, inner, isRequired(shape, key));
    const below = [inner, ...kindsOf(inner)].flatMap((part) => rowsOf(own.path, part));
    const { items } = inner;
    const inside = typeof items === "object" && !Array.isArray(items) ? rowsOf(`${own.path}[]`, items) : [];
    return [own, ...below, ...inside];
  });
}

function rowOf(path: string, shape: Shape, required: boolean): Row {
  const { text, without } = meaningOf(shape);
  const given = shape.default === undefined ? without : code(textOf(shape.default));
  return { path, type: typeOf(shape), default: required ? "" : given, meaning: text };
}

/** A description may end in words for what is done without a value: `Default: none`. */
function meaningOf({ description = "" }: Shape): { readonly text: string; readonly without: string } {
  const [text = "", without = ""] = description.split(/\.? ?Default: /);
  return { text, without };
}

function typeOf(shape: Shape): string {
  if (shape.enum !== undefined) return shape.enum.map((v) => code(String(v))).join(", ");
  if (shape.const !== undefined) return code(String(shape.const));
  if (shape.title !== undefined) return shape.title;
  switch (shape.type) {
    case "array":
      return `list of ${Array.isArray(shape.items) || typeof shape.items !== "object" ? "values" : typeOf(shape.items)}`;
    case "integer":
      return "number";
    case "boolean":
      return "`true`, `false`";
    case "string":
      return "text";
    default:
      return "keys";
  }
}

const isGroup = (shape: Shape): boolean => shape.type === "object" || kindsOf(shape).length > 0;
const isRequired = (shape: Shape, key: string): boolean =>
  shape.required?.includes(key) === true && hasNoDefault(shape, key);

function hasNoDefault(shape: Shape, key: string): boolean {
  const inner = shape.properties?.[key];
  return typeof inner !== "object" || inner.default === undefined;
}

function kindsOf({ oneOf = [] }: Shape): Shape[] {
  return oneOf.filter((kind) => typeof kind === "object");
}

/** The key whose value says of which kind a group is. */
function discriminator(kind: Shape): { name: string; value: string; meaning: string } {
  const [name = "", shape] = Object.entries(kind.properties ?? {})[0] ?? [];
  if (typeof shape !== "object") return { name, value: "", meaning: "" };
  return { name, value: String(shape.const), meaning: shape.description ?? "" };
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
const code = (text: string): string => `\`${text}\``;

function table(rows: readonly Row[]): string {
  const lines = rows.map((r) => `| ${code(r.path)} | ${r.type} | ${r.default} | ${r.meaning} |`);
  return ["| key | type | default | meaning |", "| --- | --- | --- | --- |", ...lines, ""].join("\n");
}
