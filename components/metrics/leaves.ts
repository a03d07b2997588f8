import type { Input } from "@pulumi/pulumi";

/** The same shape, but any value in it may be an output of another resource. */
export type Leaves<T> = T extends string | number | boolean | undefined
  ? Input<T>
  : T extends readonly (infer Item)[]
    ? Leaves<Item>[]
    : { [Key in keyof T]: Leaves<T[Key]> };
