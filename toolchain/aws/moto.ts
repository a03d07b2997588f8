/**
 * AWS's APIs as moto plays them, for as long as somebody needs them: on loopback, by TLS, under AWS's own names.
 * clients —HTTPS_PROXY→ gate → moto.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ToolError } from "../errors";
import { ask } from "../openstack/api";
import { lastLines, waitFor } from "../shell";
import { makeCertificates } from "./certificates";
import { openGate } from "./gate";
import { prepareMoto } from "./python";

/** The region that the certificate is for. */
export const region = "eu-central-1";

export interface Moto {
  /** The launcher of Python with moto and boto3. */
  readonly python: string;
  /** Where it answers to clients that take an endpoint: host and port. */
  readonly endpoint: string;
  /** Path of the CA's certificate. */
  readonly caFile: string;
  /** With these, programs in Go and boto3 find AWS's names here, and trust them. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of AWS that clients asked for. */
  readonly asked: ReadonlySet<string>;
  /** From now on, whether signatures and rights of callers are checked. At first they are not. */
  checkCallers(check: boolean): Promise<void>;
  stop(): Promise<void>;
}

export async function startMoto(): Promise<Moto> {
  const python = await prepareMoto();
  const folder = mkdtempSync(join(tmpdir(), "moat-moto-"));
  const port = await freePort();
  const { ca, certificate, key } = await makeCertificates(folder, region);
  const child = spawn(
    python,
    ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port), "-c", certificate, "-k", key],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let log = "";
  child.on("error", (error) => {
    log += error.message;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-8000);
  });
  const gate = await openGate(port);
  const stop = async (): Promise<void> => {
    gate.close();
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const endpoint = `127.0.0.1:${port}`;
  const control = async (method: string, path: string, data?: string): Promise<boolean> => {
    const body = data === undefined ? {} : { data: Buffer.from(data) };
    return (
      (await ask(readFileSync(ca, "utf8"), method, `https://${endpoint}/moto-api/${path}`, body)).status ===
      200
    );
  };
  try {
    await waitFor("answer of moto", 60, async () => {
      if (child.pid === undefined || child.exitCode !== null)
        throw new ToolError(`moto does not run\n${lastLines(log)}`, "run again");
      return control("GET", "data.json").catch(() => false);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    python,
    endpoint,
    caFile: ca,
    env: { HTTPS_PROXY: gate.url, NO_PROXY: "127.0.0.1", SSL_CERT_FILE: ca, AWS_CA_BUNDLE: ca },
    asked: gate.asked,
    checkCallers: async (check) => {
      // So many requests go unchecked first.
      if (!(await control("POST", "reset-auth", check ? "0" : "inf")))
        throw new ToolError("moto does not change whether it checks callers");
    },
    stop,
  };
}

/** A port of loopback that nobody has now. */
function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.on("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** Asks the process to end, and kills it after five seconds. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  const impatience = setTimeout(() => child.kill("SIGKILL"), 5000);
  await ended;
  clearTimeout(impatience);
}
