/** What rules say of a resource, at preview and of a state. Pure but for the namespaces that were seen. */
import { objectLabels } from "../components/names";
import { type CompiledRule, celFields, compile, mishap, UnknownValue } from "./cel";
import type { Fields, Rule } from "./rule";
import { isFields } from "./samples";

/** A resource as the engine has it. */
export interface Resource {
  readonly type: string;
  readonly name: string;
  /** Inputs; reading what a preview cannot know throws. */
  readonly props: Fields;
}

const compiled = new Map<Rule, CompiledRule>();

/** The rule with its conditions parsed, once. Throws for a rule that is broken. */
export function compiledRule(rule: Rule): CompiledRule {
  const known = compiled.get(rule) ?? compile(rule);
  compiled.set(rule, known);
  return known;
}

/** Namespaces by name, as the stack makes them. A resource that goes into one is registered after it. */
export class Namespaces {
  private readonly seen = new Map<string, object>();

  /** Remembers the resource if it is a namespace whose name is known. */
  see(resource: Resource): void {
    if (resource.type !== "kubernetes:core/v1:Namespace") return;
    const object = celObject(resource);
    const name = unlessUnknown(() => textAt(object, "metadata", "name"));
    if (name !== undefined) this.seen.set(name, object);
  }

  get(name: string): object | undefined {
    return this.seen.get(name);
  }
}

/** What the rule says of the resource: nothing, or one text for each condition that does not hold. */
export function violationsOf(rule: Rule, resource: Resource, namespaces: Namespaces): readonly string[] {
  try {
    const object = celObject(resource);
    const scope = rule.scope === "tenants" ? inTenant(rule, object, namespaces) : { object };
    if (scope === undefined) return [];
    return compiledRule(rule)
      .violations(scope)
      .map((message) => `${rule.id}: ${message}`);
  } catch (error) {
    if (error instanceof UnknownValue)
      return [
        `${rule.id}: ${rule.title}. This cannot be checked, as "${error.message}" is not known before the update: make it known, or list an exception with its reason.`,
      ];
    // A rule that breaks gives no verdict: it ends the preview, whatever its level.
    throw new Error(`rule ${rule.id} broke on ${resource.name} (${resource.type}): ${mishap(error)}`);
  }
}

/** Inputs of a resource for CEL. Kubernetes objects take version and kind from the token, as their inputs may lack them. */
function celObject({ type, props }: Resource): object {
  const object = celFields(props);
  const [pulumiPackage, version, kind] = type.split(":");
  if (pulumiPackage !== "kubernetes" || version === undefined) return object;
  return Object.defineProperties(object, {
    apiVersion: { enumerable: true, value: version.replace(/^core\//, "") },
    kind: { enumerable: true, value: kind },
  });
}

/**
 * The object with its namespace, if that is a tenant's and the rule holds for who made it. A namespace that the stack does not make
 * counts as a tenant's without parameters, the strictest case.
 */
function inTenant(rule: Rule, object: object, namespaces: Namespaces) {
  // A namespace is its own.
  const home = textAt(object, "kind") === "Namespace" ? "name" : "namespace";
  const name = textAt(object, "metadata", home) ?? "default";
  const made = namespaces.get(name);
  if (made === undefined) return { object, namespaceObject: foreignNamespace(name) };
  if (rule.platformMay || textAt(made, "metadata", "labels", objectLabels.role) !== "tenant")
    return undefined;
  return { object, namespaceObject: made };
}

const foreignNamespace = (name: string) => ({ metadata: { name, labels: {}, annotations: {} } });

/** The text at a path; undefined where there is none. */
function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>((part, field) => (isFields(part) ? part[field] : undefined), value);
  return typeof found === "string" ? found : undefined;
}

function unlessUnknown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnknownValue) return undefined;
    throw error;
  }
}
