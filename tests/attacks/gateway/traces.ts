/** What of an answer is not the attacker's. The attacker is tenant alpha; its victims are tenant beta and the platform. */

import type { Answer } from "../../support/live/http";
import { platformNamespace } from "../../support/live/settings";
import type { Outcome } from "../attack";

export const attacker = "alpha";
export const victim = "beta";

/** Names of the rule and the alert that beta has while attacks are played. */
export const canary = { record: "beta:canary:orders", alert: "BetaCanary" } as const;

/** Label values that no answer to the attacker may have. */
const foreignValues = new Set<string>([victim, platformNamespace, canary.alert, canary.record]);

/** In texts that are not JSON: exposition format, configuration, protocol buffers. */
const foreignText = new RegExp(
  `(shop|namespace)="(${victim}|${platformNamespace})"|\\b${canary.alert}\\b|sample-app\\.${victim}\\b|(shop|namespace)\\W{1,4}${victim}`,
);

/** The first value in an answer that belongs to somebody else. What an answer says in warnings and errors quotes the question. */
export function foreignTrace(body: string): string | undefined {
  const answer = parsed(body);
  if (answer === undefined) return foreignText.exec(body)?.[0];
  return firstForeign(answer);
}

function parsed(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && "data" in value ? value.data : value;
  } catch {
    return undefined;
  }
}

/** Texts of rules and of what is asked for are no data, other strings are. */
const quoting = new Set(["query", "error", "warnings", "infos"]);

function firstForeign(value: unknown, path = ""): string | undefined {
  if (typeof value === "string") return foreignValues.has(value) ? `${path}="${value}"` : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (quoting.has(key)) continue;
    const found = firstForeign(inner, Array.isArray(value) ? path : key);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Judges an answer by its content. */
export function byTraces(answer: Answer): Outcome {
  if (answer.status < 200 || answer.status >= 300) return { leaked: false, seen: String(answer.status) };
  const trace = foreignTrace(answer.body);
  if (trace !== undefined) return { leaked: true, seen: `${answer.status} with ${trace}` };
  const own = answer.body.includes(`"${attacker}"`);
  return { leaked: false, seen: own ? "200, own data only" : "200, nothing" };
}

/** Judges a door that should be shut by whether it opens. */
export function byOpening(answer: Answer): Outcome {
  const open = answer.status >= 200 && answer.status < 300;
  return {
    leaked: open,
    seen: open ? `${answer.status}: ${answer.body.slice(0, 40)}` : String(answer.status),
  };
}

/** Judges an answer that carries no label by its number: it leaks above what the attacker's own series can make. */
export const byNumber =
  (most: number) =>
  (answer: Answer): Outcome => {
    if (answer.status !== 200) return { leaked: false, seen: String(answer.status) };
    const trace = foreignTrace(answer.body);
    if (trace !== undefined) return { leaked: true, seen: `200 with ${trace}` };
    const numbers = [...answer.body.matchAll(/,"([-+.\deE]+)"\]/g)].map(([, n]) => Number(n));
    const largest = Math.max(...numbers, Number.NEGATIVE_INFINITY);
    if (largest > most) return { leaked: true, seen: `200 with ${largest}, own at most ${most}` };
    return { leaked: false, seen: numbers.length > 0 ? `200 with ${largest}` : "200, nothing" };
  };

/** Of several outcomes the worst; all that was seen. */
export function together(outcomes: readonly Outcome[]): Outcome {
  const worst = outcomes.filter((o) => o.leaked);
  const seen = new Set((worst.length > 0 ? worst : outcomes).map((o) => o.seen));
  return { leaked: worst.length > 0, seen: [...seen].join("; ") };
}
