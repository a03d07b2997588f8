/**
 * Who gets in by the real query guard, with the flags that the component gives it, and a real API server that knows whose tokens are whose and
 * who may read which namespace. Behind it stands a program that only says that it was reached.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { edgeIdentity, gatewayAudience, namespaceHeader, ports } from "../../components/names";
import { readerRule } from "../../components/tenancy/access";
import { gateway } from "../../components/tenancy/readGateway";
import { grafanaUser } from "../../components/tenancy/tenant";
import { endProcess } from "../../toolchain/endProcess";
import { freePort } from "../../toolchain/freePort";
import { program } from "../../toolchain/paths";
import { environment } from "../support/environment";
import { type Answer, type Server, send } from "../support/live/http";
import { type KeyPair, newAuthority, signedBy, type Wanted } from "../support/readerCertificates";
import { settled } from "../support/settled";
import { Cluster } from "./support/cluster";

const readers = newAuthority("moat readers CA");
const servers = newAuthority("moat private CA");
const namespace = "moat-system";
const host = `read-gateway.${namespace}.svc`;

const cluster = new Cluster();
const folder = mkdtempSync(join(tmpdir(), "moat-gateway-"));
let guard: ChildProcess | undefined;
let behind: HttpServer | undefined;
let server: Server;

const kubeconfig = z.object({
  clusters: z.tuple([
    z.object({ cluster: z.object({ server: z.string(), "certificate-authority-data": z.string() }) }),
  ]),
});

const file = (name: string, content: string): void => writeFileSync(join(folder, name), content);

/** The API server as the guard's pod would find it, with a token of the guard's own account. */
async function apiFlags(): Promise<string[]> {
  const [{ cluster: api }] = kubeconfig.parse(JSON.parse(readFileSync(cluster.kubeconfig, "utf8"))).clusters;
  file("api.crt", Buffer.from(api["certificate-authority-data"], "base64").toString());
  file("api-token", await cluster.kubectl("create", "token", "gateway-of-tests", "-n", "default"));
  return [
    `--api-server=${api.server}`,
    `--api-ca=${join(folder, "api.crt")}`,
    `--api-token=${join(folder, "api-token")}`,
  ];
}

/** The flags of the component, with places and ports of this machine. */
async function start(): Promise<void> {
  const [port, healthPort, upstream] = await Promise.all([freePort(), freePort(), freePort()]);
  behind = createServer((_, response) => {
    response.setHeader("Content-Type", "application/json");
    response.end('{"status":"success","data":"reached"}');
  }).listen(upstream, "127.0.0.1");
  const certificate = signedBy(servers, { commonName: host, use: "serverAuth", dnsNames: [host] });
  file("tls.crt", certificate.certificate);
  file("tls.key", certificate.key);
  file("ca.crt", servers.certificate);
  file("client-ca.crt", readers.certificate);
  const [given] = gateway({
    namespace,
    replicas: 1,
    size: "small",
    queries: { frontendHost: "frontend", queryHost: "query", rulesEndpoint: "rules" },
    thanos: environment().thanos,
    account: "read-gateway",
    certificate: "tls",
    settings: "config",
  }).containers;
  const here = (flag: string): string =>
    flag
      .replace(/\/etc\/(tls|gateway)\//, `${folder}/`)
      .replace(`0.0.0.0:${ports.readGateway}`, `127.0.0.1:${port}`)
      .replace(`0.0.0.0:${ports.queryGuardMetrics}`, `127.0.0.1:${healthPort}`)
      .replace(/http:\/\/(query|frontend):\d+/, `http://127.0.0.1:${upstream}`);
  const flags = (await settled(given?.args ?? [])).map(here);
  guard = spawn(program("guards"), [...flags, ...(await apiFlags())], { stdio: "ignore" });
  server = {
    url: `https://${host}`,
    ca: servers.certificate,
    servername: host,
    address: { host: "127.0.0.1", port },
  };
  for (const end = Date.now() + 120_000; ; await delay(200)) {
    const answer = await ask({}).catch((error: unknown) => {
      if (Date.now() > end || guard?.exitCode !== null) throw error;
      return undefined;
    });
    if (answer !== undefined) return;
  }
}

interface Asked {
  readonly identity?: KeyPair;
  readonly namespaces?: readonly string[];
  readonly method?: string;
  readonly token?: string;
}

const ask = ({ identity, namespaces = ["alpha"], method = "GET", token }: Asked): Promise<Answer> =>
  send(identity === undefined ? server : { ...server, identity }, {
    method,
    path: "/api/v1/query?query=up",
    headers: [
      ...namespaces.map((name) => [namespaceHeader, name] as const),
      ...(token === undefined ? [] : [["Authorization", `Bearer ${token}`] as const]),
    ],
  });

const statusOf = async (asked: Asked): Promise<number> => (await ask(asked)).status;

beforeAll(async () => {
  await cluster.start();
  for (const name of ["alpha", "alpha-jobs", "beta"]) await cluster.kubectl("create", "namespace", name);
  const rules = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", rules: [readerRule] };
  const binding = (name: string, tenant: string) => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: "metrics-readers", namespace: name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "reader" },
    subjects: [
      { kind: "User", apiGroup: "rbac.authorization.k8s.io", name: grafanaUser(tenant) },
      { kind: "ServiceAccount", name: "reader", namespace: tenant },
    ],
  });
  const account = (name: string, place: string) => ({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name, namespace: place },
  });
  const delegator = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "gateway-of-tests" },
    roleRef: {
      apiGroup: "rbac.authorization.k8s.io",
      kind: "ClusterRole",
      name: "system:auth-delegator",
    },
    subjects: [{ kind: "ServiceAccount", name: "gateway-of-tests", namespace: "default" }],
  };
  const items = [
    { ...rules, metadata: { name: "reader" } },
    binding("alpha", "alpha"),
    binding("alpha-jobs", "alpha"),
    binding("beta", "beta"),
    account("reader", "alpha"),
    account("gateway-of-tests", "default"),
    delegator,
  ];
  writeFileSync(join(folder, "objects.json"), JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await cluster.kubectl("apply", "-f", join(folder, "objects.json"));
  await start();
});

afterAll(async () => {
  if (guard !== undefined) await endProcess(guard);
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

test("the edge's certificate says which hop it is, and is nobody", async () => {
  const edge = signedBy(servers, {
    commonName: "edge-identity",
    organization: "moat",
    dnsNames: [edgeIdentity(namespace)],
  });
  expect(await statusOf({ identity: edge })).toBe(401);
});

test("a token opens its account's namespace, when it was made for the gateway", async () => {
  const tokenFor = async (audience: string) =>
    (await cluster.kubectl("create", "token", "reader", "-n", "alpha", "--audience", audience)).trim();
  const token = await tokenFor(gatewayAudience);
  expect(await statusOf({ token })).toBe(200);
  expect(await statusOf({ token, namespaces: ["alpha-jobs"] })).toBe(200);
  expect(await statusOf({ token, namespaces: ["beta"] })).toBe(403);
  expect(await statusOf({ token, namespaces: ["alpha", "beta"] })).toBe(403);
  expect(await statusOf({ token, namespaces: [] })).toBe(400);
  expect(await statusOf({ token: await tokenFor("https://kubernetes.default.svc") })).toBe(401);
  expect(await statusOf({ token: `${token.slice(0, -4)}AAAA` })).toBe(401);
});
