/**
 * AWS's APIs as moto plays them, for as long as somebody needs them: on loopback, by TLS, under AWS's own names.
 * clients —HTTPS_PROXY→ gate → moto.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { endProcess } from "../endProcess";
import { ToolError } from "../errors";
import { freePort } from "../freePort";
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
  /** With these, programs in Go and boto3 find AWS's names here, trust them, and see nothing of an account of the user. */
  readonly env: NodeJS.ProcessEnv;
  /** Names of AWS that clients asked for. */
  readonly asked: ReadonlySet<string>;
  /** What clients ask while something runs. */
  during(work: () => Promise<void>): Promise<AwsRequest[]>;
  /** From now on, whether signatures and rights of callers are checked. At first they are not. */
  checkCallers(check: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** A request as it came. */
export interface AwsRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  /** By which key it was signed. */
  readonly accessKey: string;
}

const recorded = z
  .object({
    method: z.string(),
    url: z.string(),
    headers: z.object({ Authorization: z.string().default("") }),
    body: z.string().default(""),
  })
  .transform(
    ({ method, url, headers, body }): AwsRequest => ({
      method,
      url,
      body: Buffer.from(body, "base64").toString(),
      accessKey: /Credential=([^/]+)/.exec(headers.Authorization)?.[1] ?? "",
    }),
  );

export async function startMoto(): Promise<Moto> {
  const python = await prepareMoto();
  const folder = mkdtempSync(join(tmpdir(), "moat-moto-"));
  const port = await freePort();
  const { ca, certificate, key } = await makeCertificates(folder, region);
  const child = spawn(
    python,
    ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port), "-c", certificate, "-k", key],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, ...noAccount(), MOTO_RECORDER_FILEPATH: join(folder, "requests") },
    },
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
    await endProcess(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const endpoint = `127.0.0.1:${port}`;
  const control = async (method: string, path: string, data = ""): Promise<string> => {
    const url = `https://${endpoint}/moto-api/${path}`;
    const answer = await ask(readFileSync(ca, "utf8"), method, url, { data: Buffer.from(data) });
    if (answer.status !== 200) throw new ToolError(`moto answered ${answer.status} to ${url}`);
    return answer.body;
  };
  try {
    await waitFor("answer of moto", 60, async () => {
      if (child.pid === undefined || child.exitCode !== null)
        throw new ToolError(`moto does not run\n${lastLines(log)}`, "run again");
      return control("GET", "data.json").then(
        () => true,
        () => false,
      );
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    python,
    endpoint,
    caFile: ca,
    env: environmentOf(gate.url, ca),
    asked: gate.asked,
    checkCallers: async (check) => {
      // So many requests go unchecked first.
      await control("POST", "reset-auth", check ? "0" : "inf");
    },
    during: async (work) => {
      await control("POST", "recorder/reset-recording");
      await control("POST", "recorder/start-recording");
      await work();
      await control("POST", "recorder/stop-recording");
      const lines = (await control("GET", "recorder/download-recording")).split("\n");
      return lines.filter((line) => line !== "").map((line) => recorded.parse(JSON.parse(line)));
    },
    stop,
  };
}

/** Takes away what the user has set for an account of AWS: moto's own libraries look for it too. */
function noAccount(): NodeJS.ProcessEnv {
  const set = Object.keys(process.env).filter((name) => name.startsWith("AWS_"));
  return {
    ...Object.fromEntries(set.map((name) => [name, undefined])),
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

const environmentOf = (proxy: string, ca: string): NodeJS.ProcessEnv => ({
  ...noAccount(),
  AWS_CA_BUNDLE: ca,
  SSL_CERT_FILE: ca,
  // Some programs look for one spelling first, some for the other.
  HTTPS_PROXY: proxy,
  https_proxy: proxy,
  NO_PROXY: "127.0.0.1",
  no_proxy: "127.0.0.1",
});

/** A port of loopback that nobody has now. */
