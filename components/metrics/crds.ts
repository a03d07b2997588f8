/** The Prometheus Operator's custom resource definitions, as files that `make crds` fetched and stripped. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { images } from "../../versions";

/**
 * The kinds in use; where the definitions are ours, a kind that is not here cannot be made by anyone. ScrapeConfig stays out on purpose: it names any address and
 * any file, and no tenant needs it.
 */
export const kinds = ["podmonitors", "probes", "prometheuses", "prometheusrules", "servicemonitors"] as const;

/** Folder of the files, from the project's folder. It carries the operator's version, so a new version is a new folder. */
export const crdFolder = join(".moat/crds/prometheus-operator", images.prometheusOperator.tag);

export const crdFile = (kind: string): string => `monitoring.coreos.com_${kind}.json`;

/** Paths of the files of all kinds in use. Throws an error for the user's eyes when one is missing. */
export const crdFiles = (folder: string = crdFolder): string[] =>
  kinds.map((kind) => {
    const path = join(folder, crdFile(kind));
    if (existsSync(path)) return path;
    throw new Error(
      `the Prometheus Operator's definition of ${kind} is not at ${path}; run \`make crds\`, which fetches it`,
    );
  });

/**
 * The same schema without its prose. Descriptions are 77 % of the bytes (the five kinds of v0.89.0: 608,610 bytes with them,
 * 140,498 without), and the engine carries all of them through every preview and in its state. Done once,
 * when they are fetched: reading YAML took a tenth of a preview.
 */
export function stripDescriptions(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(stripDescriptions);
  if (typeof schema !== "object" || schema === null) return schema;
  // A field that is itself called "description" has a schema, not a text, and stays.
  const kept = Object.entries(schema).filter(
    ([key, value]) => key !== "description" || typeof value !== "string",
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, stripDescriptions(value)]));
}
