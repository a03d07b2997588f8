/** Makes samples of rules: whole objects from the part that matters. */
import { type Kind, partsOf } from "./kinds";
import type { Fields, PulumiType, Sample } from "./rule";

/** An object of the kind in tenant alpha's namespace, with these fields beside its metadata. */
export function sample(kind: Kind, fields: Fields, parameters?: Readonly<Record<string, string>>): Sample {
  const { group, version, kind: name } = partsOf(kind);
  const { metadata, ...rest } = fields;
  const object = {
    apiVersion: group === "" ? version : `${group}/${version}`,
    kind: name,
    metadata: { name: "sample", namespace: "alpha", ...(isFields(metadata) ? metadata : {}) },
    ...rest,
  };
  return parameters === undefined ? { object } : { object, parameters };
}

/** A Prometheus with these fields of its `spec`. */
export const prometheus = (spec: Fields): Sample => sample("monitoring.coreos.com/v1/Prometheus", { spec });

/** A Deployment of one container. */
export const deployment = (container: Fields, pod: Fields = {}, metadata: Fields = {}): Sample =>
  sample("apps/v1/Deployment", {
    metadata,
    spec: {
      selector: { matchLabels: { app: "sample" } },
      template: {
        metadata: { labels: { app: "sample" } },
        spec: { containers: [{ name: "c", image: "example.org/c:v1.0.0", ...container }], ...pod },
      },
    },
  });

/** A resource of another package than Kubernetes. */
export const cloud = (type: PulumiType, object: Fields): Sample => ({ type, object });

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
