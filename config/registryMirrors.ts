/** `moat:registryMirrors`: where images come from, when not from their publishers. */
import { z } from "zod";
import { allImages } from "../versions";
import type { Rule } from "./rules";

const prefix = z
  .string()
  .regex(/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?(:\d{1,5})?(\/[a-z0-9]([-._a-z0-9]*[a-z0-9])?)*$/, {
    error:
      "must be a registry, and a path in it if need be, without https:// and without a slash at its end: registry.example.org/mirror",
  });

export const registryMirrors = z
  .record(prefix, prefix)
  .default({})
  .describe(
    "Where images come from instead: the beginning of their names to what stands in its place, such as `quay.io: registry.example.org/quay`. The longest beginning counts. Default: from their publishers",
  );

/** Whether the name of an image begins so, at the end of a part. */
export const beginsWith = (image: string, start: string): boolean =>
  image.startsWith(`${start}/`) || image === start;

/** One that fits no image is a slip, and the publisher's would be asked. */
export const mirrorsAreOfImages: Rule = ({ registryMirrors }) =>
  Object.keys(registryMirrors)
    .filter((start) => !allImages.some(({ name }) => beginsWith(name, start)))
    .map((start) => ({
      path: `moat:registryMirrors.${start}`,
      reason: "no image of an environment begins so",
      mend: `write what ends before a slash in one of these: ${registries().join(", ")}`,
    }));

const registries = (): string[] =>
  [...new Set(allImages.map(({ name }) => name.split("/").slice(0, -1).join("/")))].sort();
