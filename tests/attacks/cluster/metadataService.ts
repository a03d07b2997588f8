/**
 * The metadata service of a cloud, as the node of the embedded cluster would have it: a listener on its address. Clouds give away a
 * node's credentials there.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { inNode } from "../../../toolchain/cluster/network";
import { run as paths } from "../../../toolchain/cluster/settings";
import { until } from "../../support/live/progress";

export const metadataAddress = "169.254.169.254";
export const metadataMetric = "metadata_role_credentials";

/** Only where the node is this machine's own can a listener be put there. */
export const canListen = (): boolean => existsSync(paths.netns);

/** It takes the address away when its standard input ends, so also when whoever started it is gone. */
const program = `
  const { execFileSync } = require("node:child_process");
  const ip = (verb) => execFileSync("ip", ["addr", verb, "${metadataAddress}/32", "dev", "lo"]);
  ip("replace");
  const end = () => { ip("del"); process.exit(); };
  process.stdin.on("end", end).resume();
  require("node:http")
    .createServer((_, answer) => answer.setHeader("content-type", "text/plain").end("${metadataMetric} 1\\n"))
    .on("error", (error) => { console.log(error.message); end(); })
    .listen(80, "${metadataAddress}", () => console.log("listening"));
`;

interface Listener {
  readonly child: ChildProcess;
  readonly listening: Promise<unknown>;
}

let users = 0;
let listener: Listener | undefined;

/** Starts it, or joins those who use it already. */
export async function startMetadataService(): Promise<void> {
  users++;
  listener ??= listen();
  await listener.listening;
}

function listen(): Listener {
  const child = spawn(...inNode(process.execPath, ["-e", program]), { stdio: ["pipe", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const listening = until("the metadata service to listen", 20, async () => said.includes("listening"));
  return { child, listening };
}

/** The last one to leave ends it. */
export async function endMetadataService(): Promise<void> {
  if (users > 0) users--;
  if (users > 0 || listener === undefined) return;
  const { child } = listener;
  listener = undefined;
  if (child.exitCode !== null) return;
  const gone = new Promise<void>((done) => child.once("exit", () => done()));
  child.stdin?.end();
  await gone;
}
