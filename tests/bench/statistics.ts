/** Figures of a run, and tables of them. */

export interface Summary {
  readonly p50: number;
  readonly p99: number;
}

/** The smallest value that at least `share` of the values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const summarise = (values: readonly number[]): Summary => ({
  p50: percentile(values, 0.5),
  p99: percentile(values, 0.99),
});

/** Rows under a heading, as Markdown that reads well in a terminal too. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heading.map((h, i) => Math.max(h.length, ...rows.map((r) => r[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((c, i) => c.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  return [line(heading), line(widths.map((w) => "-".repeat(w))), ...rows.map(line)].join("\n");
}
