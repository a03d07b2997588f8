import type { ChildProcess } from "node:child_process";

/** Asks a process to end, and kills it after `patience` ms. */
export async function endProcess(child: ChildProcess, patience = 5_000): Promise<void> {
  // Without an id it never began.
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), patience);
  await ended;
  clearTimeout(killer);
}
