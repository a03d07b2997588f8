/** Small questions with answers that fill the memory of the evaluator, which all tenants share. */
import { type Attempt, asked, type Judge } from "./attempt";

/** Each of these doubles a label. Thirty times would be gigabytes; here it ends where anybody sees that it grows. */
const doublings = {
  label_replace: (inner: string) => `label_replace(${inner}, "a", "$1$1", "a", "(.*)")`,
  label_join: (inner: string) => `label_join(${inner}, "a", "", "a", "a")`,
} as const;

const times = 14;
const seed = "aaaaaaaa";
const large = seed.length * 2 ** times;

const grown = (double: (inner: string) => string): string =>
  Array.from({ length: times }).reduce<string>(
    (inner) => double(inner),
    `label_replace(vector(1), "a", "${seed}", "", "")`,
  );

const bySize: Judge = ({ status, body }) => ({
  leaked: body.length >= large,
  seen: `${status} with ${body.length >= large ? "a label that has grown" : `${body.length} bytes`}`,
});

export const costs: readonly Attempt[] = Object.entries(doublings).map(([name, double]) => ({
  name: `doubles a label by ${name}, again and again`,
  surface: "query language",
  rule: "Q8",
  expected: "4xx",
  without: "guards",
  at: asked(grown(double), bySize),
}));
