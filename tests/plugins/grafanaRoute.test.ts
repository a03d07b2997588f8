/** The route to Grafana in the real Traefik, before a server that says what reached it. Runs where the toolchain has Traefik. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server as HttpsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { stringify } from "yaml";
import { z } from "zod";
import { installConfig } from "../../components/edge/install";
import { folders, hostsOf, routesConfig } from "../../components/edge/traefik";
import { namespaceHeader, ports } from "../../components/names";
import { freePort } from "../../toolchain/freePort";
import { program } from "../../toolchain/paths";
import { type Ask, type Server, send } from "../support/live/http";
import { newAuthority, signedBy } from "../support/readerCertificates";
import { describeWith } from "../support/tools";

const traefik = program("traefik");
const here = describeWith("traefik");

const { grafana: host = "" } = hostsOf("moat.example", { grafana: true });
const serviceHost = "grafana.moat-system.svc";
const authority = newAuthority("moat private CA");
const serving = (name: string) => {
  const made = signedBy(authority, { commonName: name, use: "serverAuth", dnsNames: [name] });
  return { cert: made.certificate, key: made.key };
};

const reached = z.object({ path: z.string(), headers: z.record(z.string(), z.unknown()) });

here("the route to Grafana", () => {
  const folder = mkdtempSync(join(tmpdir(), "moat-grafana-route-"));
  let edge: ChildProcess;
  let grafana: HttpsServer;
  let server: Server;

  beforeAll(async () => {
    const [web, websecure, metrics, behind] = await Promise.all([
      freePort(),
      freePort(),
      freePort(),
      freePort(),
    ]);
    grafana = createServer(serving(serviceHost), (request, response) =>
      response.end(JSON.stringify({ path: request.url, headers: request.headers })),
    );
    await new Promise<void>((done) => grafana.listen(behind, "127.0.0.1", done));
    const settings = { domain: "moat.example", httpsPort: 443, readGatewayHost: "g", operatorQueryHost: "q" };
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
    const routes = stringify(routesConfig({ ...settings, grafana: { host, serviceHost } }));
    write(
      "routes.yml",
      placed(routes).replace(`https://${serviceHost}:${ports.grafana}`, `https://127.0.0.1:${behind}`),
    );
    write("users", "admin:$2y$05$made-up\n");
    const shown = serving(host);
    write("tls.crt", shown.cert);
    write("tls.key", shown.key);
    write("ca.crt", authority.certificate);
    edge = spawn(traefik, [`--configFile=${join(folder, "traefik.yml")}`], { stdio: "ignore" });
    server = {
      url: `https://${host}`,
      ca: authority.certificate,
      servername: host,
      address: { host: "127.0.0.1", port: websecure },
    };
    for (const end = Date.now() + 120_000; ; await delay(200)) {
      const status = await statusOf({ path: "/api/health" }).catch(() => 0);
      if (status === 200) return;
      if (Date.now() > end) throw new Error(`the edge does not lead to Grafana: ${status}`);
    }
  });

  afterAll(() => {
    edge?.kill("SIGKILL");
    grafana?.closeAllConnections();
    grafana?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const statusOf = async (ask: Ask): Promise<number> => (await send(server, ask)).status;

  test("passes cookies, and takes away what says who one is", async () => {
    const said = ["X-WEBAUTH-USER", "X-JWT-Assertion", "Authorization", "X-Scope-OrgID", namespaceHeader];
    const headers = [["Cookie", "grafana_session=x"], ...said.map((name) => [name, "admin"])].map(
      ([name = "", value = ""]) => [name, value] as const,
    );
    const { body } = await send(server, { path: "/d/overview", headers });
    const arrived = reached.parse(JSON.parse(body)).headers;
    expect(arrived.cookie).toBe("grafana_session=x");
    for (const name of said) expect(arrived).not.toHaveProperty([name.toLowerCase()]);
  });

  test("shows nobody the metrics that stand on the same port", async () => {
    expect(await statusOf({ path: "/metrics" })).toBe(404);
    expect(await statusOf({ path: "/metrics/" })).toBe(404);
    expect(await statusOf({ path: "//metrics" })).not.toBe(200);
  });

  test("answers with what browsers hold to", async () => {
    const { headers } = await send(server, { path: "/" });
    expect(headers).toMatchObject({
      "strict-transport-security": "max-age=31536000",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
  });

  test("slows down who guesses passwords, and nobody else", async () => {
    const guesses = await Promise.all(
      Array.from({ length: 80 }, () => statusOf({ method: "POST", path: "/login", body: "{}" })),
    );
    expect(guesses.filter((status) => status === 429).length).toBeGreaterThan(20);
    expect(await statusOf({ path: "/api/health" })).toBe(200);
  });
});
