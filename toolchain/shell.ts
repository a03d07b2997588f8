/** Running other programs. */
import { type SpawnOptions, spawn } from "node:child_process";
import { ToolError } from "./errors";

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Text for its standard input. Default: none. */
  readonly input?: string;
  /** Called with every line of its standard error as it comes. */
  readonly onLine?: (line: string) => void;
  /** Its output is shown as it comes; in a terminal it has that for itself, and is not collected. */
  readonly show?: boolean;
}

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. It does not throw for a failure of the program, only when it cannot be started. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const input = options.input === undefined ? "ignore" : "pipe";
  const output = options.show && process.stdout.isTTY ? "inherit" : "pipe";
  const settings: SpawnOptions = { stdio: [input, output, output], env: options.env ?? process.env };
  if (options.cwd !== undefined) settings.cwd = options.cwd;
  return new Promise((done, failed) => {
    const child = spawn(command, args, settings);
    const chunks: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
    const lines = lineSplitter(options.onLine);
    child.stdout?.on("data", (chunk: Buffer) => {
      if (options.show) process.stdout.write(chunk);
      chunks.stdout.push(chunk);
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      if (options.show) process.stderr.write(chunk);
      chunks.stderr.push(chunk);
      lines(chunk.toString());
    });
    child.on("error", (error) => failed(new ToolError(`cannot start ${command}: ${error.message}`)));
    child.on("close", (code, signal) => {
      const text = (of: Buffer[]): string => Buffer.concat(of).toString();
      done({
        code: code ?? (signal === null ? 1 : 128),
        stdout: text(chunks.stdout),
        stderr: text(chunks.stderr),
      });
    });
    if (options.input !== undefined) {
      // A program that ends before it has read everything is judged by its exit code.
      child.stdin?.on("error", () => undefined);
      child.stdin?.end(options.input);
    }
  });
}

/** Runs a program that must succeed, and gives its standard output. */
export async function must(
  command: string,
  args: readonly string[],
  options: RunOptions & { advice?: string } = {},
): Promise<string> {
  const result = await run(command, args, options);
  if (result.code === 0) return result.stdout;
  throw new ToolError(
    `${tell(command, args)} failed (${result.code})\n${lastLines(result.stdout + result.stderr)}`,
    options.advice,
  );
}

/** Runs two programs, the output of the first being the input of the second. */
export function pipe(
  from: readonly [string, readonly string[]],
  to: readonly [string, readonly string[]],
): Promise<void> {
  return new Promise((done, failed) => {
    const source = spawn(from[0], from[1], { stdio: ["ignore", "pipe", "pipe"] });
    const sink = spawn(to[0], to[1], { stdio: ["pipe", "ignore", "pipe"] });
    let words = "";
    for (const child of [source, sink]) {
      child.stderr.on("data", (chunk: Buffer) => {
        words += chunk.toString();
      });
      child.on("error", (error) =>
        failed(new ToolError(`cannot start ${child.spawnfile}: ${error.message}`)),
      );
    }
    sink.stdin.on("error", () => undefined);
    source.stdout.pipe(sink.stdin);
    let sourceCode: number | null = 0;
    source.on("close", (code) => {
      sourceCode = code;
    });
    sink.on("close", (code) => {
      if (code === 0 && sourceCode === 0) done();
      else failed(new ToolError(`${tell(...from)} | ${tell(...to)} failed\n${lastLines(words)}`));
    });
  });
}

export const tell = (command: string, args: readonly string[]): string => {
  const text = [command, ...args].join(" ");
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
};

export const lastLines = (text: string, count = 15): string =>
  text
    .trimEnd()
    .split("\n")
    .slice(-count)
    .map((line) => `    ${line}`)
    .join("\n");

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Asks again until the answer is yes, or throws after `seconds`. */
export async function waitFor(
  what: string,
  seconds: number,
  ready: () => Promise<boolean>,
  advice?: string,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await ready())) {
    if (Date.now() > end) throw new ToolError(`no ${what} within ${seconds} s`, advice);
    await sleep(150);
  }
}

function lineSplitter(onLine: ((line: string) => void) | undefined): (text: string) => void {
  let rest = "";
  return (text) => {
    if (onLine === undefined) return;
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  };
}
