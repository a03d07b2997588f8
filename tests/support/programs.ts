/** Programs of the toolchain on this machine, for as long as a test runs. */
import { type ChildProcess, spawn } from "node:child_process";
import { endProcess } from "../../toolchain/endProcess";
import { program } from "../../toolchain/paths";
import { lastLines, must, run } from "../../toolchain/shell";
import { until } from "./live/progress";

export class Programs {
  private readonly children: ChildProcess[] = [];
  private readonly env: NodeJS.ProcessEnv;

  /** `env`: variables besides those of the test, or `undefined` instead of one of them. */
  constructor(env: NodeJS.ProcessEnv = {}) {
    this.env = { ...process.env, ...env };
  }

  /** Runs a program to its end, and gives what it printed. */
  once(name: string, args: readonly string[]): Promise<string> {
    return must(program(name), args, { env: this.env });
  }

  /** Runs a program that must fail, and gives what it said. */
  async refused(name: string, args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await run(program(name), args, { env: this.env });
    if (code === 0) throw new Error(`${name} ${args.join(" ")} did not fail`);
    return stdout + stderr;
  }

  /** Starts a program, and waits until `ready` answers 200. */
  async start(name: string, args: readonly string[], ready: string): Promise<ChildProcess> {
    const child = spawn(program(name), args, { stdio: ["ignore", "ignore", "pipe"], env: this.env });
    let log = "";
    child.stderr.on("data", (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-8000);
    });
    this.children.push(child);
    await until(
      `${name} ${args[0] ?? ""}`,
      60,
      async () => {
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}\n${lastLines(log)}`);
        return (await fetch(ready)).ok;
      },
      0.3,
    );
    return child;
  }

  stop(child: ChildProcess): Promise<void> {
    return endProcess(child, 10_000);
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.children.map((child) => this.stop(child)));
  }
}
