/** What the read gateway learns of a client through the real Traefik: who the hop is, and the client's address. Runs where the toolchain has Traefik. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server as HttpsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import { stringify } from "yaml";
import { z } from "zod";
import { installConfig } from "../../components/edge/install";
import { folders, hostsOf, routesConfig } from "../../components/edge/traefik";
import { edgeIdentity, namespaceHeader, ports } from "../../components/names";
import { endProcess } from "../../toolchain/endProcess";
import { freePort } from "../../toolchain/freePort";
import { program } from "../../toolchain/paths";
import { type Answer, type Server, send } from "../support/live/http";
import { newAuthority, signedBy } from "../support/readerCertificates";
import { describeWith } from "../support/tools";

const here = describeWith("traefik");
const namespace = "moat-system";
const { metrics: host } = hostsOf("moat.example");
const serviceHost = `read-gateway.${namespace}.svc`;
const authority = newAuthority("moat private CA");
const serving = (name: string) => {
  const made = signedBy(authority, { commonName: name, use: "serverAuth", dnsNames: [name] });
  return { cert: made.certificate, key: made.key };
};
const path = "/api/v1/query?query=up";

const reached = z.object({
  shown: z.string().optional(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
});

here("the hop between edge and gateway", () => {
  const folder = mkdtempSync(join(tmpdir(), "moat-edge-hop-"));
  let edge: ChildProcess;
  let gateway: HttpsServer;
  let server: Server;

  beforeAll(async () => {
    const [web, websecure, metrics, behind] = await Promise.all([
      freePort(),
      freePort(),
      freePort(),
      freePort(),
    ]);
    gateway = createServer(
      { ...serving(serviceHost), ca: authority.certificate, requestCert: true, rejectUnauthorized: true },
      (request, response) => {
        const shown =
          request.socket instanceof TLSSocket
            ? request.socket.getPeerX509Certificate()?.subjectAltName
            : undefined;
        response.end(JSON.stringify({ shown, headers: request.headers }));
      },
    );
    await new Promise<void>((done) => gateway.listen(behind, "127.0.0.1", done));
    const settings = {
      domain: "moat.example",
      httpsPort: 443,
      readGatewayHost: serviceHost,
      operatorQueryHost: "q",
    };
    const placed = (text: string): string =>
      [folders.tls, folders.users, folders.config].reduce((t, there) => t.replaceAll(there, folder), text);
    const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
    write(
      "traefik.yml",
      placed(stringify(installConfig(settings)))
        .replace(`:${ports.edgeHttp}`, `127.0.0.1:${web}`)
        .replace(`:${ports.edgeHttps}`, `127.0.0.1:${websecure}`)
        .replace(`:${ports.edgeMetrics}`, `127.0.0.1:${metrics}`),
    );
    const routes = stringify(routesConfig(settings))
      .replaceAll(`${folders.identity}/tls`, `${folder}/identity`)
      .replace(`https://${serviceHost}:${ports.readGateway}`, `https://127.0.0.1:${behind}`);
    write("routes.yml", placed(routes));
    write("users", "admin:$2y$05$made-up\n");
    const shown = serving(host);
    write("tls.crt", shown.cert);
    write("tls.key", shown.key);
    write("ca.crt", authority.certificate);
    const identity = signedBy(authority, {
      commonName: "edge-identity",
      dnsNames: [edgeIdentity(namespace)],
    });
    write("identity.crt", identity.certificate);
    write("identity.key", identity.key);
    edge = spawn(program("traefik"), [`--configFile=${join(folder, "traefik.yml")}`], { stdio: "ignore" });
    server = {
      url: `https://${host}`,
      ca: authority.certificate,
      servername: host,
      address: { host: "127.0.0.1", port: websecure },
    };
    for (const end = Date.now() + 120_000; ; await delay(200)) {
      const status = await ask().then(
        (answer) => answer.status,
        () => 0,
      );
      if (status === 200) return;
      if (Date.now() > end) throw new Error(`the edge does not lead to the gateway: ${status}`);
    }
  });

  afterAll(async () => {
    if (edge !== undefined) await endProcess(edge);
    gateway?.closeAllConnections();
    gateway?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = (...headers: readonly (readonly [string, string])[]): Promise<Answer> =>
    send(server, { path, headers: [[namespaceHeader, "alpha"], ...headers] });

  test("the edge shows who it is, by a certificate for clients", async () => {
    expect(reached.parse(JSON.parse((await ask()).body)).shown).toBe(`DNS:${edgeIdentity(namespace)}`);
  });

  test.each<[string, readonly (readonly [string, string])[]]>([
    ["says nothing", []],
    ["says another", [["X-Forwarded-For", "192.0.2.1"]]],
    [
      "says several, and in other headers",
      [
        ["X-Forwarded-For", "192.0.2.1, 192.0.2.2"],
        ["X-Forwarded-For", "192.0.2.3"],
        ["X-Real-Ip", "192.0.2.4"],
        ["Forwarded", "for=192.0.2.5"],
      ],
    ],
    [
      "wants it taken away on the way",
      [
        ["X-Forwarded-For", "192.0.2.1"],
        ["Connection", "X-Forwarded-For"],
      ],
    ],
  ])("the last address is the one that the edge saw, when the client %s", async (_, headers) => {
    const { status, body } = await ask(...headers);
    expect(status).toBe(200);
    const said = reached.parse(JSON.parse(body)).headers["x-forwarded-for"];
    expect(String(said).split(",").at(-1)?.trim()).toBe("127.0.0.1");
  });
});
