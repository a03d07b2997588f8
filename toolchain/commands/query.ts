/** Asks the read gateway as a tenant, over its public door, and prints what comes as a table. */
import { z } from "zod";
import { ToolError } from "../errors";
import { ask, tokenFor } from "../gateway";
import { type Outputs, readOutputs, type Tenant, tenantOf } from "../outputs";
import { table } from "../progress";

const sample = z.tuple([z.number(), z.string()]);
const labels = z.record(z.string(), z.string());

const answerSchema = z.object({
  status: z.literal("success"),
  data: z.discriminatedUnion("resultType", [
    z.object({
      resultType: z.literal("vector"),
      result: z.array(z.object({ metric: labels, value: sample })),
    }),
    z.object({ resultType: z.literal("scalar"), result: sample }),
    z.object({ resultType: z.literal("string"), result: sample }),
    z.object({
      resultType: z.literal("matrix"),
      result: z.array(z.object({ metric: labels, values: z.array(sample) })),
    }),
  ]),
});

export interface Row {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
}

export async function query(): Promise<void> {
  const expression = process.env.Q;
  if (expression === undefined || expression === "")
    throw new ToolError("no query", "as in: make query TENANT=alpha Q='up'");
  const outputs = await readOutputs();
  const rows = await askQuery(outputs, tenantOf(outputs, process.env.TENANT), expression);
  process.stdout.write(`${answerTable(rows)}\n`);
}

export async function askQuery(outputs: Outputs, tenant: Tenant, expression: string): Promise<Row[]> {
  const path = `api/v1/query?${new URLSearchParams({ query: expression })}`;
  const token = await tokenFor(tenant);
  const { status, body } = await ask(outputs, { path, token, namespaces: tenant.namespaces });
  if (status !== 200)
    throw new ToolError(`the read gateway answered ${status}: ${body.trim().slice(0, 500)}`);
  return rowsOf(JSON.parse(body));
}

/** The rows of an answer of the Prometheus API, whatever the type of its result. */
export function rowsOf(answer: unknown): Row[] {
  const { data } = answerSchema.parse(answer);
  switch (data.resultType) {
    case "vector":
      return data.result.map((series) => ({ labels: series.metric, value: series.value[1] }));
    case "matrix":
      return data.result.map((series) => ({
        labels: series.metric,
        value: series.values.map(([, v]) => v).join(" "),
      }));
    default:
      return [{ labels: {}, value: data.result[1] }];
  }
}

/** One column for each label that any row has, the value last. */
export function answerTable(rows: readonly Row[]): string {
  if (rows.length === 0) return "no series";
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.labels)))].sort();
  return table([
    [...names, "value"],
    ...rows.map((row) => [...names.map((name) => row.labels[name] ?? ""), row.value]),
  ]);
}
