/** From a request to an attack: played at every door of the real gateway, and at the twin that lacks the defence. */
import type { Answer, Ask } from "../../support/live/http";
import { queryString } from "../../support/live/prometheusApi";
import type { Attack, Outcome, Surface } from "../attack";
import { type Door, knock, ownHeaders, type Stage } from "./stage";
import { byTraces, together } from "./traces";
import { type WeaknessName, weaknesses } from "./weaknesses";

export interface Attempt {
  readonly name: string;
  /** Default: the read gateway. */
  readonly surface?: Surface;
  readonly rule: string;
  readonly expected: string;
  readonly without: WeaknessName;
  /** Tries it at one door. */
  readonly at: (door: Door, stage: Stage) => Promise<Outcome>;
}

/** The stage is set up after the attacks are listed. */
export type StageOf = () => Stage;

export const attackOf = (attempt: Attempt, stage: StageOf): Attack => ({
  name: attempt.name,
  surface: attempt.surface ?? "read gateway",
  rule: attempt.rule,
  expected: attempt.expected,
  without: `without ${weaknesses[attempt.without].without}`,
  play: async () => together(await Promise.all(stage().real.map((door) => attempt.at(door, stage())))),
  teeth: () => attempt.at(stage().twin(attempt.without), stage()),
});

export type Judge = (answer: Answer) => Outcome;

/** Sends requests with the attacker's token and header, and its own headers after them. */
export const asAttacker =
  (asks: readonly Ask[], judge: Judge = byTraces): Attempt["at"] =>
  (door, stage) =>
    exactly(
      asks.map((ask) => ({ ...ask, headers: [...ownHeaders(stage), ...(ask.headers ?? [])] })),
      judge,
    )(door, stage);

const ask = (path: string, parameters: Readonly<Record<string, string>>): Ask => ({
  path: `${path}?${queryString(parameters)}`,
});

/** Every query is asked for now and for the last minutes. */
export const asked =
  (query: string, judge: Judge): Attempt["at"] =>
  (door, stage) => {
    const now = Math.floor(Date.now() / 1000);
    const range = { start: String(now - 120), end: String(now), step: "15" };
    const asks = [ask("/api/v1/query", { query }), ask("/api/v1/query_range", { query, ...range })];
    return asAttacker(asks, judge)(door, stage);
  };

/** Sends requests with exactly the headers that they have. */
export const exactly =
  (asks: readonly Ask[], judge: Judge = byTraces): Attempt["at"] =>
  async (door) =>
    together(await Promise.all(asks.map(async (ask) => judge(await followed(door, ask)))));

/** Goes where it is sent on, once: servers mend odd paths that way. */
async function followed(door: Door, ask: Ask): Promise<Answer> {
  const answer = await knock(door, ask);
  const { location } = answer.headers;
  if (answer.status < 300 || answer.status >= 400 || typeof location !== "string") return answer;
  const { pathname, search } = new URL(location, `http://gateway${ask.path}`);
  return knock(door, { ...ask, path: pathname + search });
}
