/** The platform's programs asked directly, past the gateway: what is there for a tenant not to see. */
import { type ProgramName, programs } from "../../../components/names";
import { fromPod, isReady, type Pod, podsOf } from "./kubectl";
import { type Matrix, queryString, readMatrix, readNames, readVector, type Vector } from "./prometheusApi";

type Parameters = Readonly<Record<string, string | readonly string[]>>;

export async function readyPod(program: ProgramName): Promise<Pod> {
  const ready = (await podsOf(program)).find(isReady);
  if (ready === undefined) throw new Error(`no pod of ${program} is ready`);
  return ready;
}

/** GET on a ready pod of the operators' Thanos Query, by default: it sees everything. */
export async function bareGet(
  path: string,
  parameters: Parameters = {},
  program: ProgramName = programs.operatorQuery,
): Promise<string> {
  return fromPod(await readyPod(program), `${path}?${queryString(parameters)}`);
}

export const bareQuery = async (query: string, more: Parameters = {}): Promise<Vector> =>
  readVector(await bareGet("/api/v1/query", { query, ...more }));

/** An instant query whose answer is a range: samples as they are stored. */
export const bareSamples = async (query: string, more: Parameters = {}): Promise<Matrix> =>
  readMatrix(await bareGet("/api/v1/query", { query, ...more }));

export const bareLabelValues = async (label: string, more: Parameters = {}): Promise<string[]> =>
  readNames(await bareGet(`/api/v1/label/${label}/values`, more));

/** The value of one metric of a program's own, summed over its series; 0 if there is none. */
export function metricOf(exposition: string, name: string, having = ""): number {
  return exposition
    .split("\n")
    .filter((line) => line.startsWith(name) && /^[{ ]/.test(line.slice(name.length)) && line.includes(having))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}
