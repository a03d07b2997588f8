/** Errors and warnings are answers too: the evaluator's quote the series that it met, and their names. */
import { type Attempt, asked, type Judge } from "./attempt";
import { attacker, victim } from "./traces";

const others = `sample_orders_total{shop!="${attacker}"}`;

/** None of these names the victim, so an answer that does has it from the victim's series. */
const told: readonly (readonly [query: string, foreign: RegExp])[] = [
  // Prometheus: "found duplicate series for the match group {} on the right hand-side of the operation: [{…}, {…}]"
  [`vector(1) * on () ${others}`, new RegExp(`\\b${victim}\\b`)],
  [`${others} * on () group_left () ${others}`, new RegExp(`\\b${victim}\\b`)],
  [`${others} and on () (vector(1) / on () ${others})`, new RegExp(`\\b${victim}\\b`)],
  // Prometheus: "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: …"
  [`rate({__name__=~"prometheus_tsdb_head_chunk."}[2m])`, /prometheus_tsdb_head_chunks\b/],
];

const bySaying =
  (foreign: RegExp): Judge =>
  ({ status, body }) => {
    const [found] = foreign.exec(body) ?? [];
    return found === undefined
      ? { leaked: false, seen: `${status} without a word of it` }
      : { leaked: true, seen: `${status} that tells of ${found}` };
  };

export const errorTexts: readonly Attempt[] = told.map(([query, foreign]) => ({
  name: `what is said about ${query}`,
  surface: "query language",
  rule: "Q1",
  expected: "nothing of others' series in errors and warnings",
  without: "enforcement",
  at: asked(query, bySaying(foreign)),
}));
