/** CEL, the language of the API server's admission policies, evaluated here in the same way. */
import { Environment, EvaluationError } from "@marcbachmann/cel-js";
import { UnknownValueError } from "@pulumi/policy";
import type { Fields, Rule } from "./rule";

/** The names that conditions may use. Anything else is a mistake that shows when the rule is loaded. */
const environment = new Environment({ enableOptionalTypes: true })
  .registerVariable("object", "dyn")
  .registerVariable("oldObject", "dyn")
  .registerVariable("namespaceObject", "dyn")
  .registerVariable("variables", "dyn")
  .registerFunction("string.replace(string, string): string", (text: string, from: string, to: string) =>
    text.replaceAll(from, to),
  );

/** What a condition sees; made by `celValue`. */
export interface Scope {
  readonly object: unknown;
  readonly namespaceObject?: unknown;
}

/** A rule whose conditions are parsed. Throws when one of them is no CEL. */
export interface CompiledRule {
  /** The messages of all validations that do not hold. */
  readonly violations: (scope: Scope) => string[];
}

/** A value that a preview cannot know. Reading it is an error, so no condition passes on it. */
export class UnknownValue extends Error {}

export function compile(rule: Rule): CompiledRule {
  const variables = Object.entries(rule.variables ?? {}).map(
    ([name, expression]) => [name, parse(rule, expression)] as const,
  );
  const validations = rule.validations.map((v) => ({ ...v, holds: parse(rule, v.expression) }));
  return {
    violations: ({ object, namespaceObject }) => {
      const scope = { ...seenBy(rule, object), namespaceObject: namespaceObject ?? null, variables: {} };
      for (const [name, value] of variables) lazily(scope.variables, name, () => value(scope));
      return validations
        .filter((v) => isViolated(unlessLater(rule, () => v.holds(scope))))
        .map((v) => v.message);
    },
  };
}

/** What stood before a status was written had none. */
function seenBy({ judges }: Rule, object: unknown): { object: unknown; oldObject: unknown } {
  if (judges === "changes") return { object: null, oldObject: object };
  return { object, oldObject: judges === "statuses" ? {} : null };
}

/** The verdict, or true where it waits for a field that the rule may judge at the update. */
function unlessLater({ knownLater = [] }: Rule, judge: () => unknown): unknown {
  try {
    return judge();
  } catch (error) {
    if (error instanceof UnknownValue && knownLater.includes(error.message)) return true;
    throw error;
  }
}

/** Whether a validation is violated; anything but a boolean is a broken rule. */
function isViolated(verdict: unknown): boolean {
  if (typeof verdict === "boolean") return !verdict;
  // The value itself may be a secret.
  throw new Error(`a condition gave a ${typeof verdict} instead of true or false`);
}

function parse(rule: Rule, expression: string): (scope: Fields) => unknown {
  const checked = environment.check(expression);
  if (checked.valid) return environment.parse(expression);
  throw new Error(`rule ${rule.id} has a condition that is no CEL: ${expression}`, { cause: checked.error });
}

/** Computes a field at its first reading. */
function lazily(target: object, name: string, compute: () => unknown): void {
  Object.defineProperty(target, name, {
    enumerable: true,
    configurable: true,
    get: () => {
      const value = compute();
      Object.defineProperty(target, name, { enumerable: true, value });
      return value;
    },
  });
}

/**
 * JSON as CEL sees it: whole numbers are integers. A value that the preview cannot know becomes a field whose reading throws, so a
 * condition that does not look at it still has its verdict.
 */
export function celValue(value: unknown): unknown {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  return typeof value === "object" && value !== null ? celFields(value) : value;
}

/** The same for an object. */
export function celFields(value: object): object {
  const copy: object = Array.isArray(value) ? [] : {};
  for (const key of Object.keys(value)) {
    const part = known(value, key);
    // To the API server a field without a value is not there.
    if (part.known && !Array.isArray(value) && (part.value === undefined || part.value === null)) continue;
    Object.defineProperty(copy, key, {
      enumerable: true,
      configurable: true,
      ...(part.known
        ? { value: celValue(part.value) }
        : {
            get: () => {
              throw new UnknownValue(key);
            },
          }),
    });
  }
  return copy;
}

/** What broke a condition: the sort of error and the place in the condition. Other words may hold a value, which may be a secret. */
export function mishap(error: unknown): string {
  if (!(error instanceof EvaluationError)) return error instanceof Error ? error.message : "an error";
  const place = error.message.indexOf("\n\n>");
  return `${error.code.replaceAll("_", " ")}${place < 0 ? "" : error.message.slice(place)}`;
}

type Known = { readonly known: true; readonly value: unknown } | { readonly known: false };

function known(value: object, key: string): Known {
  try {
    return { known: true, value: Reflect.get(value, key) };
  } catch (error) {
    if (error instanceof UnknownValueError) return { known: false };
    throw error;
  }
}
