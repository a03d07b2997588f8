/** What attacks came to: a table on the screen, and files for people and programs. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { local } from "../../toolchain/paths";
import { table } from "../../toolchain/progress";
import { type Result, titleOf, type Verdict } from "./runner";

export const folder = join(local.root, "attacks");

const columns = ["ATTACK", "SURFACE", "RULE", "EXPECTED", "SEEN", "VERDICT", "TEETH"];

const teethOf = ({ attack, bitten }: Result): string =>
  `${attack.without}: ${bitten.leaked ? "leaks" : "no leak"}, ${bitten.seen}`;

const rowOf = (result: Result): string[] => [
  result.attack.name,
  result.attack.surface,
  result.attack.rule,
  result.attack.expected,
  result.played.seen,
  result.verdict,
  teethOf(result),
];

const inOrder = (results: readonly Result[]): Result[] =>
  [...results].sort((a, b) => titleOf(a.attack).localeCompare(titleOf(b.attack)));

/** `97 attacks: 97 held, 0 leaks, 0 without teeth`. */
export function counts(results: readonly Result[]): string {
  const count = (verdict: Verdict) => results.filter((r) => r.verdict === verdict).length;
  return `${results.length} attacks: ${count("held")} held, ${count("LEAK")} leaks, ${count("no teeth")} without teeth`;
}

/** For a terminal: cells are cut to keep lines readable; the files have them whole. */
export function screenTable(results: readonly Result[]): string {
  const widths = [46, 16, 5, 30, 34, 8, 60];
  const cut = (text: string, i: number) => {
    const width = widths[i] ?? 40;
    return text.length > width ? `${text.slice(0, width - 1)}…` : text;
  };
  return table(
    [columns, ...inOrder(results).map(rowOf)].map((row) => row.map((cell, i) => cut(oneLine(cell), i))),
  );
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim();

const markdownRow = (cells: readonly string[]): string =>
  `| ${cells.map((c) => oneLine(c).replaceAll("|", "\\|")).join(" | ")} |`;

export function markdown(results: readonly Result[], at: Date, seconds: number): string {
  const titles = columns.map((c) => c.charAt(0) + c.slice(1).toLowerCase());
  return [
    "# Attacks on isolation",
    "",
    `${counts(results)}. ${at.toISOString()}, ${Math.round(seconds)} s.`,
    "",
    "Teeth: the same attack where one defence is missing must leak, or the case would prove nothing.",
    "",
    markdownRow(titles),
    markdownRow(titles.map(() => "---")),
    ...inOrder(results).map((r) => markdownRow(rowOf(r))),
    "",
  ].join("\n");
}

const record = ({ attack, played, bitten, verdict }: Result) => ({
  attack: attack.name,
  surface: attack.surface,
  rule: attack.rule,
  expected: attack.expected,
  seen: played.seen,
  verdict,
  teeth: { without: attack.without, leaked: bitten.leaked, seen: bitten.seen },
});

/** Writes report.md and report.json. */
export function writeReport(results: readonly Result[], seconds: number): void {
  const at = new Date();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "report.md"), markdown(results, at, seconds));
  const json = {
    at: at.toISOString(),
    seconds,
    counts: counts(results),
    attacks: inOrder(results).map(record),
  };
  writeFileSync(join(folder, "report.json"), `${JSON.stringify(json, null, 2)}\n`);
}
