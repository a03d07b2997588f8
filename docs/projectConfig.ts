/** The section `config` of Pulumi.yaml: the top keys, for the engine and for editors. */
import { stringify } from "yaml";
import { secretKeys } from "../config/secrets";
import { configShape } from "./configReference";

interface Declaration {
  readonly type: string;
  readonly description: string;
  readonly default?: unknown;
}

/**
 * What the engine is told of each key. It asks for a value of every key without a default, so optional ones get theirs here; for a text
 * without any it is "", which the program takes for no value. Secrets are such texts: the engine would not let a default be secret, so
 * the program itself refuses one that is not encrypted.
 */
export function declarations(): Record<string, Declaration> {
  const keys = Object.entries(configShape.properties ?? {}).map(([key, shape]): [string, Declaration] => {
    if (typeof shape === "boolean") throw new TypeError(`${key} has no shape`);
    const type = shape.type === "string" ? "string" : "object";
    const optional = !(configShape.required?.includes(key) ?? false) || shape.default !== undefined;
    return [
      key,
      { type, description: shape.description ?? "", ...(optional && { default: shape.default ?? "" }) },
    ];
  });
  const secrets = Object.entries(secretKeys).map(([key, description]): [string, Declaration] => [
    key,
    { type: "string", description, default: "" },
  ]);
  return Object.fromEntries([...keys, ...secrets]);
}

const heading =
  "# Printed from config/schema.ts: npx tsx docs/generate.ts. All keys with all that they hold: docs/config.md";

/** `project`, the text of Pulumi.yaml, with the section as it should be. It is the last one. */
export function withDeclarations(project: string): string {
  const [head = ""] = project.split(/^(?:# Printed from .*\n)?config:$/m);
  return `${head.trimEnd()}\n${heading}\n${stringify({ config: declarations() }, { lineWidth: 120 })}`;
}
