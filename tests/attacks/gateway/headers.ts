/** The header that names the namespace: other values, several of them, none. */
import { refusedHeaders } from "../../e2e/escapes";
import type { Attempt } from "./attempt";
import { bearer, inNamespace, knock } from "./stage";
import { attacker, byTraces, victim } from "./traces";
import type { WeaknessName } from "./weaknesses";

/** Values of the end-to-end tests by the defence without which they open something. */
const missing: Readonly<Record<string, WeaknessName>> = {
  "another tenant's": "authorisation",
  "its own and another's": "authorisation",
  "another's and its own": "authorisation",
  "the platform's": "authorisation",
  "a list in one value": "plainNames",
  "a list with spaces": "plainNames",
  "an alternation": "exactNames",
  nothing: "namedNamespace",
  "an empty value": "namedNamespace",
  "an empty value beside its own": "namedNamespace",
};

function known(name: string): readonly string[] {
  const header = refusedHeaders[name];
  if (header === undefined) throw new Error(`the end-to-end tests know no header "${name}"`);
  return header.values;
}

const many = Array.from({ length: 300 }, () => attacker);

const values: readonly (readonly [string, readonly string[], WeaknessName])[] = [
  ...Object.entries(missing).map(([name, without]) => [name, known(name), without] as const),
  ["three hundred of its own before another's", [...many, victim], "authorisation"],
  ["a pattern for everything", [".+"], "exactNames"],
  ["a pattern that names another's", [`${victim}.*`], "exactNames"],
  ["a negated set", [`[^${attacker.charAt(0)}].+`], "exactNames"],
  ["a list that ends in another's", [`${attacker},,${victim}`], "plainNames"],
];

/** Shows of tenants and of the platform. */
const path = `/api/v1/query?query=${encodeURIComponent('{__name__=~"sample_orders_total|up"}')}`;

export const headers: readonly Attempt[] = values.map(([name, list, without]) => ({
  name: `namespace header: ${name}`,
  rule: without === "namedNamespace" ? "Q7" : without === "exactNames" ? "Q3" : "Q1",
  expected: "400 or 403",
  without,
  at: async (door, stage) =>
    byTraces(
      await knock(door, {
        path,
        headers: [bearer(stage.tokens[attacker]), ...list.map(inNamespace)],
      }),
    ),
}));
