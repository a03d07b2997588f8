/** Random queries and random requests of one tenant: not one series, value, rule or alert of anybody else may come back. */
import * as fc from "fast-check";
import { namespaceHeader, ports, programs } from "../../../components/names";
import { readyPod } from "../../support/live/bare";
import { type Forward, forward } from "../../support/live/forward";
import { type Answer, send } from "../../support/live/http";
import { tell } from "../../support/live/progress";
import { queryString } from "../../support/live/prometheusApi";
import { platformNamespace } from "../../support/live/settings";
import { bearer, type Door, isBroken, knock, openStage, ownHeaders, type Stage } from "../gateway/stage";
import { attacker, byTraces } from "../gateway/traces";
import { difference } from "./answers";
import { type RandomQuery, randomQuery } from "./queries";
import { type RandomRequest, randomRequest } from "./requests";

/** `MOAT_ATTACK_RUNS=5000` tries more, `MOAT_ATTACK_SEED=1` the same ones again. */
const runs = Number(process.env.MOAT_ATTACK_RUNS ?? 500);
const seed = Number(process.env.MOAT_ATTACK_SEED ?? Date.now() % 2 ** 31);
const minutes = 60_000;

/** Told from what else may go wrong on the way. */
class Leak extends Error {
  override readonly name = "Leak";
}

/** Answers with data since it was set to 0: where nothing is answered, nothing can leak. */
let answered = 0;
let stage: Stage;
/** The operators' Thanos Query: what sees everything. */
let bare: Forward;

beforeAll(async () => {
  tell(`random attacks: MOAT_ATTACK_RUNS=${runs} MOAT_ATTACK_SEED=${seed}`);
  stage = await openStage(["guards", "enforcement", "oneSource"], true);
  const pod = await readyPod(programs.operatorQuery);
  bare = forward(platformNamespace, pod.metadata.name, ports.http);
}, 5 * minutes);

afterAll(async () => {
  bare?.close();
  await stage?.close();
}, 2 * minutes);

/** A moment whose samples are all there, and a range that no cache rounds. */
const end = Math.floor(Date.now() / 30_000) * 30 - 90;
const instant = { time: String(end) };
const range = { start: String(end - 120), end: String(end), step: "30" };

const pathOf = (query: string, ranged: boolean): string =>
  ranged
    ? `/api/v1/query_range?${queryString({ query, ...range })}`
    : `/api/v1/query?${queryString({ query, ...instant })}`;

/** What is wrong with the answer at a door, in words. */
async function wrong(
  door: Door,
  { greedy, confined }: RandomQuery,
  ranged: boolean,
): Promise<string | undefined> {
  const given = await knock(door, { path: pathOf(greedy, ranged), headers: ownHeaders(stage) });
  if (given.status !== 200) return undefined;
  answered++;
  const { leaked, seen } = byTraces(given);
  if (leaked) return seen;
  const due = await send(
    { url: `http://127.0.0.1:${await bare.port()}` },
    { path: pathOf(confined, ranged) },
  );
  if (due.status !== 200) return `an answer where ${due.status} is due`;
  return difference(given.body, due.body);
}

/** Series that come late make a difference of a moment; a leak stays. */
async function lastingly(ask: () => Promise<string | undefined>): Promise<string | undefined> {
  const [first, second] = [await ask(), await ask()];
  return first === undefined || second === undefined ? undefined : second;
}

/** Only what shows something of the victim's: the twin may well be wrong in other ways. */
const tracesAt = (door: Door) =>
  fc.asyncProperty(randomQuery, async ({ greedy }) => {
    const { leaked, seen } = byTraces(
      await knock(door, { path: pathOf(greedy, false), headers: ownHeaders(stage) }),
    );
    if (leaked) throw new Leak(`${door.name}: ${greedy}: ${seen}`);
  });

/** A door, told by its name in counterexamples. */
const among = (doors: readonly Door[]) =>
  fc.constantFrom(
    ...doors.map((door) => Object.assign(() => door, { [fc.toStringMethod]: () => door.name })),
  );

const queriesAt = (doors: readonly Door[]) =>
  fc.asyncProperty(randomQuery, fc.boolean(), among(doors), async (query, ranged, of) => {
    const door = of();
    const found = await wrong(door, query, ranged);
    if (found === undefined) return;
    const lasting = await lastingly(() => wrong(door, query, ranged));
    if (lasting !== undefined) throw new Leak(`${door.name}: ${query.greedy}: ${lasting}`);
  });

/** Some requests make a server cut the connection, again and again: then there is no answer. */
const ask = (door: Door, { ask: it, headerCase }: RandomRequest): Promise<Answer> =>
  knock(door, {
    ...it,
    headers: [bearer(stage.tokens[attacker]), [headerCase(namespaceHeader), attacker], ...(it.headers ?? [])],
  }).catch((error: unknown) => {
    if (isBroken(error)) return { status: 0, headers: {}, body: "" };
    throw error;
  });

const requestsAt = (doors: readonly Door[]) =>
  fc.asyncProperty(randomRequest, among(doors), async (request, of) => {
    const door = of();
    const answer = await ask(door, request);
    if (answer.status === 200) answered++;
    const { leaked, seen } = byTraces(answer);
    if (leaked) throw new Leak(`${door.name}: ${JSON.stringify(request.ask)}: ${seen}`);
  });

const settings = { numRuns: runs, seed };
/** The generators must find a leak, whatever the seed: it takes them some dozens of tries at worst. */
const hunt = { numRuns: 3000, seed, endOnFailure: true };

test(
  "random queries are answered as if no other tenant were there",
  async () => {
    answered = 0;
    await fc.assert(queriesAt(stage.real), settings);
    tell(`${runs} random queries, ${answered} answered: no leak`);
    expect(answered).toBeGreaterThan(runs / 2);
  },
  10 * minutes,
);

test(
  "random requests show nothing of anybody else",
  async () => {
    answered = 0;
    await fc.assert(requestsAt(stage.real), settings);
    tell(`${runs} random requests, ${answered} answered: no leak`);
    expect(answered).toBeGreaterThan(runs / 5);
  },
  10 * minutes,
);

test(
  "teeth: without label enforcement a random query finds a leak",
  async () => {
    const found = await fc.check(queriesAt([stage.twin("enforcement")]), hunt);
    expect(String(found.errorInstance)).toMatch(/^Leak/);
    tell(`found after ${found.numRuns} random queries`);
  },
  2 * minutes,
);

test(
  "teeth: with prom-label-proxy in the guards' place a random query finds a way through quoted names",
  async () => {
    const found = await fc.check(tracesAt(stage.twin("guards")), hunt);
    expect(String(found.errorInstance)).toMatch(/^Leak/);
    tell(`found after ${found.numRuns} random queries`);
  },
  2 * minutes,
);

test.each(["enforcement", "oneSource"] as const)(
  "teeth: without %s a random request finds a leak",
  async (weakness) => {
    const found = await fc.check(requestsAt([stage.twin(weakness)]), hunt);
    expect(String(found.errorInstance)).toMatch(/^Leak/);
    tell(`found after ${found.numRuns} random requests`);
  },
  2 * minutes,
);
