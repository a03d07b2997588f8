/** How memory limits and cache sizes follow from each other. */
import { toBytes } from "../../../config/quantities";
import type { Resources } from "../../workload/workload";

const mebibyte = 2 ** 20;

/** `resources` and room for caches of the given sizes, in Kubernetes quantities. Go needs about half as much again for garbage. */
export function withExtraMemory(resources: Resources, ...caches: readonly string[]): Resources {
  const extra = caches.map(toBytes).reduce((sum, bytes) => sum + bytes, 0) * 1.5;
  const total = Math.ceil((toBytes(resources.memoryLimit) + extra) / mebibyte);
  return { ...resources, memoryLimit: `${total}Mi` };
}

/** A part of a memory limit, in the form that Thanos reads, at least `least` MiB. */
export const partOf = (memoryLimit: string, part: number, least: number): string =>
  `${Math.max(least, Math.floor((toBytes(memoryLimit) * part) / mebibyte))}MiB`;
