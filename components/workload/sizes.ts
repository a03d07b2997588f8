import type { Resources } from "./workload";

export type Size = "small" | "medium" | "large";

/** What one container of `program` asks for at `size`. */
export function resourcesFor(program: string, size: Size): Resources {
  throw new RangeError(`there is no size "${size}" for "${program}"`);
}
