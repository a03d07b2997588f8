/** Thanos on EKS, with the agent and S3 played: it takes the role's credentials from the agent, and signs with them by TLS. */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer as createAgent } from "node:http";
import { createServer as createS3 } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import { caFile, s3Config } from "../../../components/storage/bucketConfig";
import { program } from "../../../toolchain/paths";
import { temporaryFolder, writeFile } from "../../support/kubeconfig";
import { testWith } from "../../support/tools";

const thanos = program("thanos");
const folder = temporaryFolder();

/** Port of a server on loopback, once it listens. */
const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(portOf(server.address())));
  });

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("it listens on no port");
  return address.port;
}

/** Output of a command that ends by itself. */
const outputOf = (command: string, args: readonly string[], env: Record<string, string>): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { env });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data: Buffer) => {
        text += data.toString();
      });
    child.on("error", reject);
    child.on("close", () => resolve(text));
  });

/** A certificate for loopback, with its key. */
function certificate(): { readonly cert: string; readonly key: string } {
  const key = join(folder, "key.pem");
  const cert = join(folder, caFile);
  const subject = ["-subj", "/CN=made-up", "-addext", "subjectAltName=IP:127.0.0.1"];
  spawnSync("openssl", [
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    ...subject,
    "-keyout",
    key,
    "-out",
    cert,
  ]);
  return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
}

const emptyList = `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>metrics</Name><KeyCount>0</KeyCount><MaxKeys>1000</MaxKeys>
<IsTruncated>false</IsTruncated></ListBucketResult>`;

testWith("thanos", "openssl")(
  "without a key in its configuration, Thanos opens the bucket as the role of its pod",
  async () => {
    const tokens: unknown[] = [];
    const agent = createAgent((request, response) => {
      tokens.push(request.headers.authorization);
      const Expiration = new Date(Date.now() + 3_600_000).toISOString();
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({ AccessKeyId: "ROLEKEY", SecretAccessKey: "secret", Token: "session", Expiration }),
      );
    });
    const signed: unknown[][] = [];
    const s3 = createS3(certificate(), (request, response) => {
      signed.push([request.headers.authorization, request.headers["x-amz-security-token"]]);
      response.setHeader("content-type", "application/xml");
      response.end(emptyList);
    });
    const [agentPort, s3Port] = await Promise.all([listening(agent), listening(s3)]);
    try {
      const bucket = { endpoint: `127.0.0.1:${s3Port}`, region: "eu-central-1", bucket: "metrics" };
      const config = writeFile(folder, "objstore.yml", s3Config({ ...bucket, privateCa: true }, folder));
      const said = await outputOf(thanos, ["tools", "bucket", "ls", `--objstore.config-file=${config}`], {
        // What EKS adds to the pods of an associated service account.
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${agentPort}/v1/credentials`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: writeFile(folder, "token", "token-of-the-pod"),
      });
      expect(said).toContain('msg="ls done" objects=0');
    } finally {
      agent.close();
      s3.close();
    }
    expect(tokens).toContain("token-of-the-pod");
    expect(signed.length).toBeGreaterThan(0);
    for (const [authorization, session] of signed) {
      expect(authorization).toContain("Credential=ROLEKEY/");
      expect(session).toBe("session");
    }
  },
);
