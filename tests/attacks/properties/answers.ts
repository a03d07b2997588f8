/** Whether two answers of the query API say the same. */
import { z } from "zod";

const labels = z.record(z.string(), z.string());
const sample = z.tuple([z.number(), z.string()]);
const data = z.discriminatedUnion("resultType", [
  z.object({
    resultType: z.literal("vector"),
    result: z.array(z.object({ metric: labels, value: sample })),
  }),
  z.object({
    resultType: z.literal("matrix"),
    result: z.array(z.object({ metric: labels, values: z.array(sample) })),
  }),
  z.object({ resultType: z.literal("scalar"), result: sample }),
]);
const answer = z.object({ data });

type Point = readonly [number, string];

/** Points by the labels of their series. */
function pointsOf(body: string): Map<string, readonly Point[]> {
  const read = answer.parse(JSON.parse(body)).data;
  switch (read.resultType) {
    case "scalar":
      return new Map([["", [read.result]]]);
    case "vector":
      return new Map(read.result.map((s) => [key(s.metric), [s.value]]));
    case "matrix":
      return new Map(read.result.map((s) => [key(s.metric), s.values]));
  }
}

const key = (metric: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Sums may be taken in another order. */
function close(a: string, b: string): boolean {
  if (a === b) return true;
  const [x, y] = [Number(a), Number(b)];
  return Math.abs(x - y) <= 1e-9 * Math.max(Math.abs(x), Math.abs(y));
}

/** What the first answer has that the second has not, in words; undefined when they say the same. */
export function difference(given: string, due: string): string | undefined {
  const [has, should] = [pointsOf(given), pointsOf(due)];
  for (const [labelsOf, points] of has) {
    const others = should.get(labelsOf);
    if (others === undefined) return `a series ${labelsOf} too many`;
    if (points.length !== others.length)
      return `${points.length} points of ${labelsOf}, not ${others.length}`;
    const wrong = points.find(([t, v], i) => others[i]?.[0] !== t || !close(v, others[i][1]));
    if (wrong !== undefined) return `${labelsOf} is ${wrong[1]} at ${wrong[0]}, which is not due`;
  }
  const lost = [...should.keys()].find((labelsOf) => !has.has(labelsOf));
  return lost === undefined ? undefined : `the series ${lost} is missing`;
}
