/** What a cluster answered, in the shape that is wanted of it. Pure. */
import type { z } from "zod";
import type { Answer } from "./ask";

/** The body of a good answer, if it has this shape. */
export function read<T>(answer: Answer, shape: z.ZodType<T>): T | undefined {
  if ("failure" in answer || (answer.status !== 200 && answer.status !== 201)) return undefined;
  try {
    return shape.safeParse(JSON.parse(answer.body)).data;
  } catch {
    return undefined;
  }
}

/** Whether the server says that there is no such thing, which is not the same as saying nothing. */
export const isMissing = (answer: Answer): boolean => "status" in answer && answer.status === 404;
