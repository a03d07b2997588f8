/** By which authority the edge is verified, against a server with a certificate that the test signs. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificate } from "../tests/support/certificates";
import { ToolError } from "./errors";
import { ask } from "./gateway";
import { root } from "./paths";
import { run } from "./shell";

const host = "metrics.moat.localhost";
const authority = certificate({ subject: "authority" });
const question = { path: "api/v1/query", token: "secret", namespaces: ["alpha"] };
const folder = mkdtempSync(join(tmpdir(), "moat-gateway-"));
const authorityFile = join(folder, "authority.pem");

let server: Server;
let readGatewayUrl: string;

beforeAll(async () => {
  writeFileSync(authorityFile, authority.certificate);
  const own = certificate({ subject: host, hosts: [host], signer: authority });
  server = createServer({ cert: own.certificate, key: own.key }, (_, response) => response.end("answered"));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  readGatewayUrl = `https://${host}:${address.port}`;
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const withCa = (edgeCaCertificate: string | null) => ask({ readGatewayUrl, edgeCaCertificate }, question);

describe("the edge is verified", () => {
  test("by the private CA, where it has a certificate of it", async () => {
    expect(await withCa(authority.certificate)).toEqual({ status: 200, body: "answered" });
  });

  test("by no other than the private CA then", async () => {
    await expect(withCa(certificate({ subject: "other" }).certificate)).rejects.toThrow(/not known here/);
  });

  test("by what the system knows otherwise, with a word on how to add to it", async () => {
    const refused = await withCa(null).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ToolError);
    expect(String(refused)).toMatch(`the certificate of ${new URL(readGatewayUrl).host} is of an authority`);
    expect(String(refused)).toMatch("NODE_EXTRA_CA_CERTS=");
  });

  // Node.js reads the variable once, at its start.
  test("by authorities that the variable of Node.js names", async () => {
    const script = `
      const { ask } = require(${JSON.stringify(join(root, "toolchain/gateway.ts"))});
      ask(${JSON.stringify({ readGatewayUrl, edgeCaCertificate: null })}, ${JSON.stringify(question)})
        .then(({ body }) => console.log(body));`;
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: authorityFile };
    const asked = await run(process.execPath, ["--import", "tsx", "-e", script], { cwd: root, env });
    expect({ ...asked, stderr: "" }).toEqual({ code: 0, stdout: "answered\n", stderr: "" });
  });
});
