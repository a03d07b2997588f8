/**
 * Images from other registries than their publishers'. Every object passes here on its way to the engine, so that no component has to
 * think of it, and an image in an argument of a program that starts others moves as well.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../config";
import { beginsWith } from "../../config/registryMirrors";
import { allImages, imageRef } from "../../versions";

type Mirrors = EnvironmentConfig["registryMirrors"];

/** Options for components: they and all in them take their images from there. */
export const fromMirrors = (mirrors: Mirrors): pulumi.ComponentResourceOptions =>
  Object.keys(mirrors).length === 0 ? {} : { transformations: [toMirrors(mirrors)] };

/** Only plain values change: no image is known later than the program itself. */
export const toMirrors = (mirrors: Mirrors): pulumi.ResourceTransformation => {
  const moved = movedImages(mirrors);
  return ({ type, props, opts }) =>
    type.startsWith("kubernetes:") ? { props: replacedIn(props, moved), opts } : undefined;
};

/** Every image that has another place, by its name and tag at the publisher's. */
export function movedImages(mirrors: Mirrors): ReadonlyMap<string, string> {
  const starts = Object.keys(mirrors).sort((a, b) => b.length - a.length);
  return new Map(
    allImages.flatMap((image) => {
      const start = starts.find((s) => beginsWith(image.name, s));
      const ref = imageRef(image);
      return start === undefined ? [] : [[ref, `${mirrors[start]}${ref.slice(start.length)}`]];
    }),
  );
}

function replaced(value: unknown, moved: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return replacedText(value, moved);
  if (Array.isArray(value)) return value.map((part: unknown) => replaced(part, moved));
  return isPlain(value) ? replacedIn(value, moved) : value;
}

const replacedIn = (values: object, moved: ReadonlyMap<string, string>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).map(([key, part]) => [key, replaced(part, moved)]));

/** The whole text, or what follows a flag: `--image=<image>`. */
function replacedText(text: string, moved: ReadonlyMap<string, string>): string {
  const begin = text.startsWith("--") ? text.indexOf("=") + 1 : 0;
  const image = moved.get(text.slice(begin));
  return image === undefined ? text : text.slice(0, begin) + image;
}

/** Neither an output nor a resource. */
const isPlain = (value: unknown): value is object =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
