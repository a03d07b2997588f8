/** Samples as text, for promtool to make blocks of. */
export interface Samples {
  /** Name of the metric; its namespace label decides whose it is. */
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Unix seconds of the first sample. */
  readonly from: number;
  /** Seconds between samples. */
  readonly step: number;
  readonly count: number;
}

/** OpenMetrics text; the samples of one series are 0, 1, 2 and so on. */
export function openMetrics(all: readonly Samples[]): string {
  const metrics = [...new Set(all.map((s) => s.metric))];
  const families = metrics.flatMap((metric) => [
    `# TYPE ${metric} gauge`,
    ...all.filter((s) => s.metric === metric).flatMap(sampleLines),
  ]);
  return [...families, "# EOF", ""].join("\n");
}

const sampleLines = ({ metric, labels, from, step, count }: Samples): string[] => {
  const set = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return Array.from({ length: count }, (_, i) => `${metric}{${set.join(",")}} ${i} ${from + i * step}`);
};
