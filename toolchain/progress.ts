/** What is going on, how far, how long. Plain lines: they read the same in a terminal and in the log of a CI. */
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { local } from "./paths";

export interface Timing {
  readonly step: string;
  readonly seconds: number;
}

const timings: Timing[] = [];
const begun = Date.now();

const elapsed = (since: number): number => (Date.now() - since) / 1000;

/** 75 -> "1m15s", 4.2 -> "4.2s". */
export const seconds = (value: number): string =>
  value < 60
    ? `${value.toFixed(1)}s`
    : `${Math.floor(value / 60)}m${String(Math.floor(value % 60)).padStart(2, "0")}s`;

export function say(text: string): void {
  process.stderr.write(`${`[${seconds(elapsed(begun))}]`.padEnd(9)} ${text}\n`);
}

/** How often a long step shows that it is alive. */
const heartbeat = 10_000;

/** Runs one step: says what begins, every ten seconds how far it is, and keeps its time. */
export async function step<T>(
  name: string,
  work: () => Promise<T>,
  far: () => string = () => "",
): Promise<T> {
  const start = Date.now();
  say(`${name} …`);
  const beat = setInterval(() => {
    const detail = far();
    say(`${name} … ${seconds(elapsed(start))}${detail === "" ? "" : `, ${detail}`}`);
  }, heartbeat);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    timings.push({ step: name, seconds: Math.round(elapsed(start) * 10) / 10 });
  }
}

/** Prints the time of each step that took a second or more, and keeps them all for later figures. */
export function finish(command: string): void {
  const total = Math.round(elapsed(begun) * 10) / 10;
  const long = timings.filter((t) => t.seconds >= 1);
  if (long.length > 0) {
    const width = Math.max(...long.map((t) => t.step.length));
    say("time of each step:");
    for (const { step: name, seconds: s } of long)
      process.stderr.write(`          ${name.padEnd(width)}  ${seconds(s).padStart(7)}\n`);
  }
  say(`${command} done`);
  keep({ command, at: new Date().toISOString(), total, steps: timings });
}

function keep(entry: object): void {
  mkdirSync(dirname(local.timings), { recursive: true });
  appendFileSync(local.timings, `${JSON.stringify(entry)}\n`);
}

/** Lines of columns, each as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...rows.map((row) => row[i]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
