/**
 * A stand-in for Keystone that logs application credentials in, with answers as its reference has them. It is a process of its own, as who
 * asks it waits for the answer in earnest. What the real one says: tests/openstack/credential.test.ts
 */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { certificate } from "./certificates";

/** Ids of the credentials that it knows. It takes any secret. */
export const credentials = {
  restricted: { restricted: true, roles: ["member", "reader"] },
  reader: { restricted: true, roles: ["reader"] },
  unrestricted: { restricted: false, roles: ["member"] },
} as const;

const program = `
const { createServer } = require("node:https");
const [pair, known] = process.argv.slice(1).map((text) => JSON.parse(text));
const server = createServer({ cert: pair.certificate, key: pair.key }, (request, response) => {
  let body = "";
  request.on("data", (part) => { body += part; });
  request.on("end", () => {
    const { id, secret } = JSON.parse(body).auth.identity.application_credential;
    const credential = request.url === "/v3/auth/tokens?nocatalog" && secret && known[id];
    const token = credential && {
      methods: ["application_credential"],
      application_credential: { id, name: "moat-" + id, restricted: credential.restricted },
      roles: credential.roles.map((name) => ({ id: name, name })),
    };
    response.writeHead(token ? 201 : 401).end(JSON.stringify(token ? { token } : { error: { code: 401 } }));
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

export class Keystone {
  private constructor(
    private readonly process: ChildProcess,
    /** What a login needs besides the credential. */
    readonly env: { readonly OS_AUTH_URL: string; readonly OS_CACERT: string },
  ) {}

  /** Its authority's certificate goes into the folder. */
  static async start(folder: string): Promise<Keystone> {
    const pair = certificate({ subject: "keystone", hosts: ["localhost"] });
    const child = spawn(
      process.execPath,
      ["-e", program, JSON.stringify(pair), JSON.stringify(credentials)],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const port = await new Promise<string>((resolve, reject) => {
      child.on("exit", () => reject(new Error("it did not start")));
      child.stdout.setEncoding("utf8").once("data", (text: string) => resolve(text.trim()));
    });
    const caFile = join(folder, "keystone.crt");
    writeFileSync(caFile, pair.certificate);
    return new Keystone(child, { OS_AUTH_URL: `https://localhost:${port}/v3`, OS_CACERT: caFile });
  }

  /** Variables of someone who logs in by the credential of this id. */
  as(id: string) {
    return { ...this.env, OS_APPLICATION_CREDENTIAL_ID: id, OS_APPLICATION_CREDENTIAL_SECRET: "made-up" };
  }

  stop(): void {
    this.process.removeAllListeners("exit");
    this.process.kill();
  }
}
