/**
 * Client certificates before the real kube-rbac-proxy, with the flags that the component gives it, and a real API server that knows who may
 * read which namespace. Behind it stands a program that only says that it was reached.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { stringify } from "yaml";
import { namespaceHeader, ports } from "../../components/names";
import { readerRule } from "../../components/tenancy/access";
import { authorization, gateway } from "../../components/tenancy/readGateway";
import { grafanaUser } from "../../components/tenancy/tenant";
import { freePort } from "../../toolchain/freePort";
import { program } from "../../toolchain/paths";
import { environment } from "../support/environment";
import { type Answer, type Server, send } from "../support/live/http";
import { type KeyPair, newAuthority, signedBy, type Wanted } from "../support/readerCertificates";
import { Cluster } from "./support/cluster";

const readers = newAuthority("moat readers CA");
const servers = newAuthority("moat private CA");
const host = "read-gateway.moat-system.svc";

const cluster = new Cluster();
const folder = mkdtempSync(join(tmpdir(), "moat-gateway-"));
let proxy: ChildProcess | undefined;
let behind: HttpServer | undefined;
let server: Server;

/** The flags of the component, with places and ports of this machine. */
async function start(): Promise<void> {
  const [port, healthPort, upstream] = await Promise.all([freePort(), freePort(), freePort()]);
  behind = createServer((_, response) => response.end("reached")).listen(upstream, "127.0.0.1");
  const certificate = signedBy(servers, { commonName: host, use: "serverAuth", dnsNames: [host] });
  const file = (name: string, content: string): void => writeFileSync(join(folder, name), content);
  file("tls.crt", certificate.certificate);
  file("tls.key", certificate.key);
  file("client-ca.crt", readers.certificate);
  file("authorization.yaml", stringify(authorization));
  const [given] = gateway({
    namespace: "moat-system",
    replicas: 1,
    size: "small",
    queries: { frontendHost: "frontend", queryHost: "query", rulesEndpoint: "rules" },
    thanos: environment().thanos,
    account: "read-gateway",
    certificate: "tls",
    settings: "config",
    restartOn: "",
  }).containers;
  const here = (flag: string): string =>
    flag
      .replace(/\/etc\/(tls|gateway)\//, `${folder}/`)
      .replace(`0.0.0.0:${ports.readGateway}`, `127.0.0.1:${port}`)
      .replace(`=${ports.readGatewayHealth}`, `=${healthPort}`)
      .replace(`127.0.0.1:${ports.queryGuard}`, `127.0.0.1:${upstream}`);
  const flags = (given?.args ?? []).map((flag) => here(String(flag)));
  proxy = spawn(program("kube-rbac-proxy"), [...flags, `--kubeconfig=${cluster.kubeconfig}`], {
    stdio: "ignore",
  });
  server = {
    url: `https://${host}`,
    ca: servers.certificate,
    servername: host,
    address: { host: "127.0.0.1", port },
  };
  for (const end = Date.now() + 120_000; ; await delay(200)) {
    const answer = await ask({}).catch((error: unknown) => {
      if (Date.now() > end || proxy?.exitCode !== null) throw error;
      return undefined;
    });
    if (answer !== undefined) return;
  }
}

interface Asked {
  readonly identity?: KeyPair;
  readonly namespaces?: readonly string[];
  readonly method?: string;
}

const ask = ({ identity, namespaces = ["alpha"], method = "GET" }: Asked): Promise<Answer> =>
  send(identity === undefined ? server : { ...server, identity }, {
    method,
    path: "/api/v1/query?query=up",
    headers: namespaces.map((namespace) => [namespaceHeader, namespace] as const),
  });

const statusOf = async (asked: Asked): Promise<number> => (await ask(asked)).status;

beforeAll(async () => {
  await cluster.start();
  for (const namespace of ["alpha", "alpha-jobs", "beta"])
    await cluster.kubectl("create", "namespace", namespace);
  const rules = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", rules: [readerRule] };
  const binding = (namespace: string, tenant: string) => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: "metrics-readers", namespace },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "reader" },
    subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: grafanaUser(tenant) }],
  });
  const items = [
    { ...rules, metadata: { name: "reader" } },
    binding("alpha", "alpha"),
    binding("alpha-jobs", "alpha"),
    binding("beta", "beta"),
  ];
  writeFileSync(join(folder, "objects.json"), JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await cluster.kubectl("apply", "-f", join(folder, "objects.json"));
  await start();
});

afterAll(async () => {
  proxy?.kill();
  behind?.close();
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

const alphas = signedBy(readers, { commonName: grafanaUser("alpha") });

test.each([["GET"], ["POST"]])("a tenant's certificate opens its namespaces, by %s", async (method) => {
  expect(await statusOf({ identity: alphas, method })).toBe(200);
  expect(await statusOf({ identity: alphas, method, namespaces: ["alpha", "alpha-jobs"] })).toBe(200);
});

test.each<[string, readonly string[]]>([
  ["another tenant's", ["beta"]],
  ["its own and another tenant's", ["alpha", "beta"]],
  ["another tenant's and its own", ["beta", "alpha"]],
  ["the platform's", ["moat-system"]],
])("and not %s", async (_, namespaces) => {
  expect(await statusOf({ identity: alphas, namespaces })).toBe(403);
});

const beta = { commonName: grafanaUser("beta") };
const wrong: Readonly<Record<string, readonly [KeyPair, Wanted]>> = {
  "that has ended": [readers, { ...beta, days: -1 }],
  "of the authority for servers": [servers, beta],
  "of an authority of one's own, by the same name": [newAuthority("moat readers CA"), beta],
  "for servers": [readers, { ...beta, use: "serverAuth" }],
};

test.each(Object.entries(wrong))("a certificate %s is nobody's", async (_, [authority, wanted]) => {
  expect(await statusOf({ identity: signedBy(readers, beta), namespaces: ["beta"] })).toBe(200);
  expect(await statusOf({ identity: signedBy(authority, wanted), namespaces: ["beta"] })).toBe(401);
});

test("without a certificate and a token one is nobody", async () => {
  expect(await statusOf({})).toBe(401);
});

test("a certificate of somebody whom no RoleBinding names opens nothing", async () => {
  const stranger = signedBy(readers, { commonName: grafanaUser("gamma") });
  expect(await statusOf({ identity: stranger })).toBe(403);
});
