/**
 * Custom resource definitions from files. Each is a resource of the program: a ConfigGroup, which would let the plugin read them, cannot
 * even be previewed while the cluster is out of reach.
 */
import { readFileSync } from "node:fs";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

const definition = z.object({
  apiVersion: z.string(),
  kind: z.literal("CustomResourceDefinition"),
  metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).optional() }),
  spec: z.record(z.string(), z.unknown()),
});

/** Makes what the files hold, one definition in JSON each. Names begin with `name`, and go on with the kind's: `crds-probes`. */
export function definitionsFrom(
  name: string,
  files: readonly string[],
  parent: pulumi.Resource,
): pulumi.Resource[] {
  // Until they were resources of their own, a group held them. What is of these kinds goes with its definition, so none may be made anew.
  const group = pulumi.createUrn(name, "kubernetes:yaml/v2:ConfigGroup", parent);
  return files.map((file) => {
    const { apiVersion, kind, metadata, spec } = definition.parse(JSON.parse(readFileSync(file, "utf8")));
    const [plural] = metadata.name.split(".");
    return new kubernetes.apiextensions.CustomResource(
      `${name}-${plural}`,
      { apiVersion, kind, metadata, spec },
      { parent, aliases: [{ name: `${name}:${metadata.name}`, parent: group }] },
    );
  });
}
