/** What a rule is: what it looks at, what is wrong with it and why that matters, with samples that prove it. */

/** A Kubernetes object as far as rules look at it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly [field: string]: unknown;
}

export interface Rule {
  /** Name in the catalogue: P1, S3. Never given to another rule. */
  readonly id: string;
  /** What must hold, in half a sentence. */
  readonly title: string;
  /** The attack that succeeds without it, in one sentence. */
  readonly why: string;
  readonly severity: "low" | "medium" | "high" | "critical";
  /** Where the fields are described. */
  readonly references: readonly string[];
  /** How to mend it. */
  readonly message: string;
  /** Kinds that it looks at, as `<apiVersion>/<kind>`. */
  readonly kinds: readonly string[];
  /** What is wrong with the object, one text for each finding. */
  readonly check: (object: KubernetesObject) => readonly string[];
  /** Objects that pass, and objects each of which is refused. */
  readonly samples: {
    readonly good: readonly KubernetesObject[];
    readonly bad: readonly KubernetesObject[];
  };
}

/** Kinds of the operator that scrape. */
export const prometheusKinds = [
  "monitoring.coreos.com/v1/Prometheus",
  "monitoring.coreos.com/v1alpha1/PrometheusAgent",
];

/** The value at a path of field names; undefined where there is none. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((part, field) => (isFields(part) ? part[field] : undefined), value);
}

/** The list at a path; empty where there is none. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** A sample Prometheus with these fields of its `spec`. */
export const prometheus = (spec: Readonly<Record<string, unknown>>): KubernetesObject => ({
  apiVersion: "monitoring.coreos.com/v1",
  kind: "Prometheus",
  metadata: { name: "sample", namespace: "moat-system" },
  spec,
});

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
