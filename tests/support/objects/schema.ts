/** Arbitrary objects of a custom resource, drawn from its schema: small ones, with the values that programs stumble over. */
import * as fc from "fast-check";
import { z } from "zod";
import { enumerated, integers, patternTexts, textFor } from "./values";

/** The part of a structural schema that says what the API server takes. */
export interface Schema {
  readonly type?: string | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly items?: Schema | undefined;
  readonly additionalProperties?: Schema | boolean | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly pattern?: string | undefined;
  readonly default?: unknown;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly minItems?: number | undefined;
  readonly minLength?: number | undefined;
  readonly "x-kubernetes-int-or-string"?: boolean | undefined;
  readonly "x-kubernetes-list-type"?: string | undefined;
  readonly "x-kubernetes-list-map-keys"?: readonly string[] | undefined;
}

const schema: z.ZodType<Schema> = z.lazy(() =>
  z.looseObject({
    type: z.string().optional(),
    properties: z.record(z.string(), schema).optional(),
    required: z.array(z.string()).optional(),
    items: schema.optional(),
    additionalProperties: z.union([z.boolean(), schema]).optional(),
    enum: z.array(z.unknown()).optional(),
    pattern: z.string().optional(),
    default: z.unknown().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    minItems: z.number().optional(),
    minLength: z.number().optional(),
    "x-kubernetes-int-or-string": z.boolean().optional(),
    "x-kubernetes-list-type": z.string().optional(),
    "x-kubernetes-list-map-keys": z.array(z.string()).optional(),
  }),
);

const definition = z.object({
  spec: z.object({
    names: z.object({ kind: z.string() }),
    group: z.string(),
    versions: z.tuple([
      z.object({
        name: z.string(),
        schema: z.object({ openAPIV3Schema: z.object({ properties: z.object({ spec: schema }) }) }),
      }),
    ]),
  }),
});

/** The kind and the schema of `spec` of a resource definition of one version. */
export function schemaOf(written: unknown): { apiVersion: string; kind: string; spec: Schema } {
  const { names, group, versions } = definition.parse(written).spec;
  const [{ name, schema: whole }] = versions;
  return {
    apiVersion: `${group}/${name}`,
    kind: names.kind,
    spec: whole.openAPIV3Schema.properties.spec,
  };
}

/** Fields beside the required ones, in one object. */
const mostFields = 3;

/** Values that the schema allows, of a field of this name. Defaults are written in, as the API server does. */
export function valuesOf(of: Schema, name = ""): fc.Arbitrary<unknown> {
  if (of["x-kubernetes-int-or-string"])
    return fc.oneof(integers(of), of.pattern === undefined ? textFor(name) : patternTexts(of.pattern));
  if (of.enum !== undefined) return enumerated(of.enum);
  switch (of.type) {
    case "object":
      return of.properties === undefined ? mapsOf(of, name) : objectsOf(of);
    case "array":
      return listsOf(of, name);
    case "boolean":
      return fc.boolean();
    case "integer":
      return integers(of);
    case "string":
      return textsOf(of, name);
    default:
      throw new Error(`a schema of type ${of.type} for ${name}`);
  }
}

function textsOf({ pattern, minLength = 0 }: Schema, name: string): fc.Arbitrary<string> {
  const texts = pattern === undefined ? textFor(name) : patternTexts(pattern);
  return texts.filter((text) => [...text].length >= minLength);
}

function objectsOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<object> {
  // Made once: an expression of a pattern is dear.
  const values = new Map(Object.entries(properties).map(([name, of]) => [name, valuesOf(of, name)]));
  const optional = Object.keys(properties).filter((name) => !required.includes(name));
  const defaults = optional.flatMap((name) => {
    const value = properties[name]?.default;
    return value === undefined ? [] : [[name, value] as const];
  });
  const chosen =
    optional.length === 0
      ? fc.constant<string[]>([])
      : fc.uniqueArray(fc.constantFrom(...optional), { maxLength: mostFields });
  return chosen.chain((names) => {
    const drawn = [...required, ...names].flatMap((name) => {
      const value = values.get(name);
      return value === undefined ? [] : [[name, value] as const];
    });
    return fc.record(Object.fromEntries(drawn)).map((made) => ({ ...Object.fromEntries(defaults), ...made }));
  });
}

function mapsOf({ additionalProperties }: Schema, name: string): fc.Arbitrary<object> {
  if (typeof additionalProperties !== "object") return fc.constant({});
  const entries = (maxKeys: number) =>
    fc.dictionary(textFor("key"), valuesOf(additionalProperties, name), { maxKeys });
  return fc.oneof({ weight: 20, arbitrary: entries(3) }, { weight: 1, arbitrary: entries(40) });
}

function listsOf(of: Schema, name: string): fc.Arbitrary<unknown[]> {
  const { items, minItems = 0 } = of;
  if (items === undefined) return fc.constant([]);
  const lists = (maxLength: number) => {
    const constraints = { minLength: minItems, maxLength: Math.max(minItems, maxLength) };
    const values = valuesOf(items, name);
    const keys = of["x-kubernetes-list-map-keys"];
    if (of["x-kubernetes-list-type"] === "set") return fc.uniqueArray(values, constraints);
    if (of["x-kubernetes-list-type"] === "map" && keys !== undefined)
      return fc.uniqueArray(values, {
        ...constraints,
        selector: (value) => JSON.stringify(keys.map((key) => Reflect.get(Object(value), key))),
      });
    return fc.array(values, constraints);
  };
  return fc.oneof({ weight: 30, arbitrary: lists(2) }, { weight: 1, arbitrary: lists(60) });
}
