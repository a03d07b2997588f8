/**
 * The edge's own program with a certificate that is renewed under it, in files as a kubelet writes them: every new version of a volume is a
 * folder of its own, and a link is turned to it. Runs where the toolchain has Traefik.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, get, type Server } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { connect } from "node:tls";
import { stringify } from "yaml";
import { installConfig } from "../../components/edge/install";
import { type CertificateSource, folders, hostsOf, routesConfig } from "../../components/edge/traefik";
import { ports } from "../../components/names";
import { freePort } from "../../toolchain/freePort";
import { program } from "../../toolchain/paths";
import { certificate } from "../support/certificates";
import { until } from "../support/live/progress";
import { describeWith } from "../support/tools";

const traefik = program("traefik");
const here = describeWith("traefik");

const hosts = hostsOf("moat.example");
const folder = mkdtempSync(join(tmpdir(), "moat-edge-"));
const live = join(folder, "live");
let version = 0;

/** One step of a kubelet's writer. */
function write(files: Readonly<Record<string, string>>): void {
  const name = `..${++version}`;
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(live, name, path)), { recursive: true });
    writeFileSync(join(live, name, path), content);
  }
  symlinkSync(name, join(live, "..data_tmp"));
  const data = join(live, "..data");
  const old = existsSync(data) ? readlinkSync(data) : undefined;
  renameSync(join(live, "..data_tmp"), data);
  for (const [top = ""] of Object.keys(files).map((path) => path.split("/")))
    if (!existsSync(join(live, top))) symlinkSync(join("..data", top), join(live, top));
  if (old !== undefined) rmSync(join(live, old), { recursive: true });
}

/** Serial number of what is shown for the read gateway's host; undefined when the handshake is refused. */
const shown = (port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect(
      { host: "127.0.0.1", port, servername: hosts.metrics, rejectUnauthorized: false },
      () => {
        const { raw } = socket.getPeerCertificate();
        socket.destroy();
        resolve(new X509Certificate(raw).serialNumber);
      },
    ).on("error", () => resolve(undefined));
  });

const asked = (port: number, host: string, path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, path, headers: { Host: host }, agent: false }, (answer) => {
      let body = "";
      answer.on("data", (part) => {
        body += String(part);
      });
      answer.on("end", () => resolve(answer.headers.location ?? `${answer.statusCode} ${body}`));
    }).on("error", reject);
  });

here("the edge with a certificate that is renewed", () => {
  let edge: ChildProcess;
  let solver: Server;
  let web: number;
  let websecure: number;
  let files: Readonly<Record<string, string>>;

  const servedNow = ({ certificate: pem, key }: { certificate: string; key: string }) => {
    write({ ...files, "tls.crt": pem, "tls.key": key });
    return new X509Certificate(pem).serialNumber;
  };

  beforeAll(async () => {
    solver = createServer((request, response) => response.end(`for ${request.headers.host}`));
    await new Promise<void>((resolve) => solver.listen(ports.acmeSolver, "127.0.0.1", resolve));
    web = await freePort();
    websecure = await freePort();
    const metrics = await freePort();
    const source: CertificateSource = {
      algorithm: "ecdsa",
      live: true,
      challenges: { [hosts.metrics]: "127.0.0.1" },
    };
    const settings = {
      domain: "moat.example",
      httpsPort: 443,
      readGatewayHost: "g",
      operatorQueryHost: "q",
      certificate: source,
    };
    const placed = (text: string) => text.replaceAll(folders.live, live).replaceAll(folders.users, folder);
    const install = placed(stringify(installConfig(settings)))
      .replace(`:${ports.edgeHttp}`, `127.0.0.1:${web}`)
      .replace(`:${ports.edgeHttps}`, `127.0.0.1:${websecure}`)
      .replace(`:${ports.edgeMetrics}`, `127.0.0.1:${metrics}`);
    writeFileSync(join(folder, "traefik.yml"), install);
    writeFileSync(join(folder, "users"), "admin:$2y$05$made-up\n");
    files = {
      "conf/routes.yml": placed(stringify(routesConfig(settings))),
      "ca.crt": certificate({ subject: "ca" }).certificate,
    };
    write(files);
    edge = spawn(traefik, [`--configFile=${join(folder, "traefik.yml")}`], { stdio: "ignore" });
    // It listens before it has read its routes.
    const route = async () =>
      (await asked(web, hosts.metrics, "/.well-known/acme-challenge/x")).startsWith("200");
    await until("the edge", 120, route, 0.2);
  });

  afterAll(() => {
    // Asked politely, it would wait for queries under way.
    edge.kill("SIGKILL");
    solver.closeAllConnections();
    solver.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("shows nothing before there is one, and lets the authority's question through all the same", async () => {
    expect(await shown(websecure)).toBeUndefined();
    expect(await asked(web, hosts.metrics, "/.well-known/acme-challenge/x")).toBe(`200 for ${hosts.metrics}`);
  });

  test("redirects everything else to HTTPS", async () => {
    expect(await asked(web, hosts.metrics, "/api/v1/query")).toBe(`https://${hosts.metrics}/api/v1/query`);
    expect(await asked(web, "other.example", "/.well-known/acme-challenge/x")).toMatch(/^https:/);
  });

  test("takes each new one without a restart", async () => {
    const signer = certificate({ subject: "authority" });
    for (const subject of ["first", "second", "third"]) {
      const serial = servedNow(certificate({ subject, hosts: Object.values(hosts), signer }));
      await until(`the ${subject} certificate`, 120, async () => (await shown(websecure)) === serial, 0.2);
    }
  });
});
