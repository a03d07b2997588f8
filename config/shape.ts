/** Mistakes in the shape of the configuration, in words; and what is left of it without them, so that the rules can go on. */
import type { z } from "zod";
import type { Problem } from "./problems";
import { schema } from "./schema";

/** A mistake as zod reports it. */
type Issue = z.core.$ZodIssue;

/** The configuration as far as it is well formed: keys without a default may be missing. */
const wellFormedSchema = schema.partial({ clusterName: true, objectStore: true, edge: true });
export type WellFormed = z.output<typeof wellFormedSchema>;

/** All mistakes in the shape of `raw`, in words. Empty when `schema` takes it. */
export function shapeProblems(raw: unknown): Problem[] {
  const parsed = schema.safeParse(raw);
  return parsed.success ? [] : parsed.error.issues.flatMap((issue) => toProblems(issue, raw));
}

/** What is left of `raw` when every part with a mistake in its shape is taken out. */
export function wellFormed(raw: unknown): WellFormed {
  let rest: unknown = isPlainObject(raw) ? raw : {};
  for (;;) {
    const parsed = wellFormedSchema.safeParse(rest);
    if (parsed.success) return parsed.data;
    const paths = parsed.error.issues.flatMap((issue) => brokenPaths(issue, rest));
    if (paths.length === 0) return wellFormedSchema.parse({});
    // Later elements of a list first, so that the places of earlier ones stay right.
    for (const path of paths.reverse()) rest = without(rest, path);
  }
}

/** The parts to take out for one mistake: the value itself, or what holds it when it is missing. */
function brokenPaths(issue: Issue, raw: unknown): PropertyKey[][] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => [...issue.path, key]);
  if (issue.path.length === 0) return [];
  return [valueAt(raw, issue.path) === undefined ? issue.path.slice(0, -1) : [...issue.path]];
}

function without(value: unknown, path: readonly PropertyKey[]): unknown {
  const [head, ...tail] = path;
  if (head === undefined) return undefined;
  if (Array.isArray(value)) {
    return value.flatMap((part: unknown, place) => {
      if (place !== head) return [part];
      return tail.length === 0 ? [] : [without(part, tail)];
    });
  }
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) => {
      if (key !== String(head)) return [[key, part]];
      return tail.length === 0 ? [] : [[key, without(part, tail)]];
    }),
  );
}

function toProblems(issue: Issue, raw: unknown): Problem[] {
  const path = pathText(issue.path);
  const value = valueAt(raw, issue.path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: pathText([...issue.path, key]),
        reason: "is not a known key",
        mend: "remove it or correct its spelling; docs/config.md lists all keys",
      }));
    case "invalid_key": {
      const reasons = issue.issues.map((inner) => inner.message).join(", ");
      return [{ path, reason: `the name ${reasons}`, mend: "rename it" }];
    }
    case "invalid_union":
    case "invalid_value":
      return [{ path, reason: oneOf(issue, value), mend: meaning }];
    case "invalid_type":
      return [{ path, ...wrongType(issue, value) }];
    default:
      return [{ path, reason: `${describe(value)} ${issue.message}`, mend: meaning }];
  }
}

const meaning = "docs/config.md has its meaning, unit and default";

type Choice = z.core.$ZodIssueInvalidUnion | z.core.$ZodIssueInvalidValue;

function oneOf(issue: Choice, value: unknown): string {
  const choices = issue.code === "invalid_value" ? issue.values : "options" in issue ? issue.options : [];
  // A kind that may be left out shows itself as one without a value.
  const names = Array.isArray(choices) ? choices.filter((c) => c !== undefined).join(", ") : "";
  return value === undefined
    ? `is missing; it must be one of: ${names}`
    : `${describe(value)} must be one of: ${names}`;
}

function wrongType(
  { expected }: z.core.$ZodIssueInvalidType,
  value: unknown,
): Pick<Problem, "reason" | "mend"> {
  if (value === undefined) return { reason: "is missing", mend: `set it; ${meaning}` };
  if (value === null)
    return { reason: "is empty", mend: "give it a value, `{}` if all defaults suit, or remove it" };
  const reason = `${describe(value)} must be ${typeNames[expected] ?? expected}`;
  const quoted = typeof value === "string" && ["number", "int", "boolean"].includes(expected);
  if (quoted && /^(\d+|true|false)$/.test(value))
    return { reason, mend: `write it without quotes: ${value}` };
  if (expected === "string" && ["number", "boolean"].includes(typeof value))
    return { reason, mend: `put it in quotes: "${String(value)}"` };
  return { reason, mend: meaning };
}

const typeNames: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a group of keys",
  record: "a group of keys",
};

function describe(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a group of keys";
  return typeof value === "string" ? `the text "${shorten(value)}"` : `the value ${String(value)}`;
}

const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}...` : text);

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((part, key) => {
    if (Array.isArray(part)) return part[Number(key)];
    return isPlainObject(part) && Object.hasOwn(part, key) ? part[String(key)] : undefined;
  }, value);
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `moat:tenants.alpha.namespaces[0]` */
const pathText = (path: readonly PropertyKey[]): string =>
  `moat:${path.map((p) => (typeof p === "number" ? `[${p}]` : `.${String(p)}`)).join("")}`.replace(":.", ":");
