/** Reading Kubernetes objects of a stack. */
import { type Kind, tokenOf } from "../../kinds";
import type { Fields } from "../../rule";
import { isFields } from "../../samples";
import type { StackResource } from "../../stack";

/** Resources of one kind, or of another type. */
export const ofKind = (resources: readonly StackResource[], kind: string): StackResource[] => {
  const type = kind.includes(":") ? kind : tokenOf(kind);
  return resources.filter((resource) => resource.type === type);
};

/** The same for several. */
export const ofKinds = (resources: readonly StackResource[], kinds: readonly string[]): StackResource[] =>
  kinds.flatMap((kind) => ofKind(resources, kind));

/** What stands at a path; undefined where there is nothing. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((part, field) => (isFields(part) ? part[field] : undefined), value);

export const textAt = (value: unknown, ...path: readonly string[]): string | undefined => {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
};

export const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
};

export const fieldsAt = (value: unknown, ...path: readonly string[]): Fields => {
  const found = at(value, ...path);
  return isFields(found) ? found : {};
};

export const nameOf = ({ props }: StackResource): string => textAt(props, "metadata", "name") ?? "";

/** Where an object stands. Without a namespace it gets the one that the provider has, which is `default` if nobody says otherwise. */
export const namespaceOf = ({ props }: StackResource): string =>
  textAt(props, "metadata", "namespace") ?? "default";

export const labelsOf = ({ props }: StackResource): Fields => fieldsAt(props, "metadata", "labels");

/** A copy of fields that is read many times: the originals look for what is not known at every reading. */
export const plain = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.map(plainPart) : plainPart(value),
    ]),
  );

const plainPart = (value: unknown): unknown => (isFields(value) ? plain(value) : value);

/** A port as objects write it. */
export type PortName = number | string;

export const portAt = (value: unknown, ...path: readonly string[]): PortName | undefined => {
  const found = at(value, ...path);
  return typeof found === "number" || typeof found === "string" ? found : undefined;
};

/** Whether labels are among those that a selector of equalities asks for. */
export const carries = (labels: Fields, wanted: Fields): boolean =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value);

/** Whether labels fit a selector with `matchLabels` and `matchExpressions`. An empty one fits all. */
export const fits = (labels: Fields, selector: unknown): boolean =>
  carries(labels, fieldsAt(selector, "matchLabels")) &&
  listAt(selector, "matchExpressions").every((expression) => {
    const value = labels[textAt(expression, "key") ?? ""];
    const values = listAt(expression, "values");
    switch (textAt(expression, "operator")) {
      case "In":
        return value !== undefined && values.includes(value);
      case "NotIn":
        return !values.includes(value);
      case "Exists":
        return value !== undefined;
      default:
        return value === undefined;
    }
  });

/** Whether a selector asks for nothing, and so takes everything. */
export const takesAll = (selector: unknown): boolean =>
  Object.keys(fieldsAt(selector, "matchLabels")).length === 0 &&
  listAt(selector, "matchExpressions").length === 0;

/** Kinds with a pod template in `spec.template`. */
export const templateKinds = [
  "apps/v1/Deployment",
  "apps/v1/StatefulSet",
  "apps/v1/DaemonSet",
  "apps/v1/ReplicaSet",
  "v1/ReplicationController",
] as const satisfies readonly Kind[];
