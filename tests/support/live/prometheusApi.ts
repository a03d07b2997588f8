/** Answers of the Prometheus API. */
import { z } from "zod";

const labels = z.record(z.string(), z.string());
const sample = z.tuple([z.number(), z.string()]);

const vector = z.object({
  resultType: z.literal("vector"),
  result: z.array(z.object({ metric: labels, value: sample })),
});
const matrix = z.object({
  resultType: z.literal("matrix"),
  result: z.array(z.object({ metric: labels, values: z.array(sample) })),
});

export type Labels = z.output<typeof labels>;
export type Vector = z.output<typeof vector>["result"];
export type Matrix = z.output<typeof matrix>["result"];

const success = <T>(data: z.ZodType<T>) => z.object({ status: z.literal("success"), data });

const read = <T>(shape: z.ZodType<T>, body: string): T => success(shape).parse(JSON.parse(body)).data;

export const readVector = (body: string): Vector => read(vector, body).result;
export const readMatrix = (body: string): Matrix => read(matrix, body).result;
export const readSeries = (body: string): Labels[] => read(z.array(labels), body);
export const readNames = (body: string): string[] => read(z.array(z.string()), body);

const rule = z.object({ name: z.string(), labels: labels.default({}) });
const rules = z.object({ groups: z.array(z.object({ name: z.string(), rules: z.array(rule) })) });

export const readRules = (body: string): z.output<typeof rule>[] =>
  read(rules, body).groups.flatMap((group) => group.rules);

/** A query string; a list gives the parameter several times. */
export const queryString = (parameters: Readonly<Record<string, string | readonly string[]>>): string =>
  Object.entries(parameters)
    .flatMap(([name, value]) =>
      [value].flat().map((v) => `${encodeURIComponent(name)}=${encodeURIComponent(v)}`),
    )
    .join("&");
