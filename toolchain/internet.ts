/** What the official ways need: an open network, a Docker engine. Asked once in a run. */
import { run } from "./shell";

/** How long the one question may take, in ms. */
const patience = 3000;

let answer: Promise<boolean> | undefined;

/** Whether official downloads can be reached. `MOAT_OFFLINE=1` says no without asking. */
export function internet(): Promise<boolean> {
  answer ??= process.env.MOAT_OFFLINE === "1" ? Promise.resolve(false) : ask("https://get.pulumi.com/");
  return answer;
}

async function ask(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(patience) });
    return response.status < 500 && response.status !== 403 && response.status !== 407;
  } catch {
    return false;
  }
}

/** The engine, not only its command line, must answer. */
export async function dockerEngine(): Promise<boolean> {
  try {
    return (await run("timeout", ["5", "docker", "version", "--format", "{{.Server.Version}}"])).code === 0;
  } catch {
    return false;
  }
}
