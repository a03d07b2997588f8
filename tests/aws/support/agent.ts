/** EKS's agent on a node, which hands pods the credentials of their role, for as long as a test runs. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Keys } from "./boto";

export interface Agent {
  /** What EKS adds to the pods of an associated service account. */
  readonly env: Readonly<Record<string, string>>;
  stop(): void;
}

/** Only who shows the pod's token gets them. */
export async function startAgent({ accessKey, secretKey, token }: Keys): Promise<Agent> {
  const folder = mkdtempSync(join(tmpdir(), "moat-agent-"));
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, "token-of-the-pod");
  const server = createServer((request, response) => {
    if (request.headers.authorization !== "token-of-the-pod") {
      response.writeHead(401).end();
      return;
    }
    const Expiration = new Date(Date.now() + 3_600_000).toISOString();
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({ AccessKeyId: accessKey, SecretAccessKey: secretKey, Token: token, Expiration }),
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    env: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/v1/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile,
    },
    stop: () => {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
