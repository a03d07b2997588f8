/**
 * The component of the object store on real Swift and Keystone, by the real engine and the real plugin: what it writes into the Secret opens
 * the container, for Thanos.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { objectStoreConfigFile, objectStoreMount, secretNames } from "../../components/storage/objectStore";
import type { SwiftStoreArgs } from "../../components/storage/swift";
import type { Session } from "../../toolchain/openstack/api";
import { environmentOf, sessionOf, startOpenStack } from "../../toolchain/openstack/services";
import { network, people, ports, urls } from "../../toolchain/openstack/settings";
import { program, root } from "../../toolchain/paths";
import { must } from "../../toolchain/shell";
import { inTypeScript } from "../plugins/support/programs";
import { Stack } from "../plugins/support/stack";
import { type ApiServer, startOwnApiServer } from "../support/apiServer";
import { openMetrics } from "../support/openMetrics";
import { Programs } from "../support/programs";
import { Measured } from "./support/measure";

jest.setTimeout(600_000);

const namespace = "moat-system";
const apis: Readonly<Record<string, SwiftStoreArgs["access"]>> = {
  s3: { api: "s3", signingRegion: "us-east-1" },
  native: {
    api: "native",
    authUrl: urls.keystone,
    roles: ["member"],
    largeObjectSize: "1Gi",
    dynamicLargeObjects: false,
  },
};

const folder = mkdtempSync(join(tmpdir(), "moat-store-"));
const measured = new Measured();
const programs = new Programs();
let owner: Session;
let ca: string;
let server: ApiServer;
let stack: Stack;
beforeAll(async () => {
  const access = await startOpenStack();
  owner = await sessionOf(access, people.owner);
  ca = readFileSync(access.caFile, "utf8");
  server = await startOwnApiServer();
  stack = await new Stack(environmentOf(access, people.owner), 500_000).withOpenStack().init();
});
afterAll(async () => {
  process.stderr.write(`\n${measured.table()}\n`);
  stack?.abandon();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Both kinds of access, each with a namespace, as the name of its Secret is fixed. */
const source = (protectData: boolean): string => `${inTypeScript}
const { SwiftStore } = require(${JSON.stringify(join(root, "components/storage/swift.ts"))});
const provider = new k8s.Provider("cluster", { kubeconfig: ${JSON.stringify(server.kubeconfig)} });
for (const [api, access] of Object.entries(${JSON.stringify(apis)})) {
  const namespace = new k8s.core.v1.Namespace(api, { metadata: { name: "${namespace}-" + api } }, { provider });
  new SwiftStore("store-" + api, {
    namespace: "${namespace}-" + api,
    signal: "metrics",
    bucketPrefix: "engine-" + api,
    endpoint: "${network.services}:${ports.open.swift}",
    caCertificate: ${JSON.stringify(ca)},
    versioning: true,
    access,
    protectData: ${protectData},
  }, { providers: [provider], dependsOn: namespace });
}
`;

const containers = (): Promise<string[]> =>
  owner
    .json(z.array(z.object({ name: z.string() })), "GET", `${account()}?format=json`)
    .then((found) => found.map(({ name }) => name).filter((name) => /^engine-\w+-metrics$/.test(name)));
const account = (): string => `${urls.swift}/v1/AUTH_${owner.projectId}`;

test("containers and credentials are made, and a second up changes nothing", async () => {
  await measured.run("up", () => stack.up(source(true)));
  expect((await containers()).sort()).toEqual(["engine-native-metrics", "engine-s3-metrics"]);
  const { steps } = await measured.run("up, again", () => stack.up(source(true)));
  expect(steps).toEqual([]);
});

test.each(Object.keys(apis))("Thanos uploads a block with the Secret of %s, and lists it", async (api) => {
  const read = ["get", "secret", secretNames.metrics, "-n", `${namespace}-${api}`, "-o", "json"];
  const said = await must(program("kubectl"), [`--kubeconfig=${server.kubeconfig}`, ...read]);
  const { data } = z.object({ data: z.record(z.string(), z.string()) }).parse(JSON.parse(said));
  const mount = mkdtempSync(join(folder, `${api}-`));
  for (const [name, value] of Object.entries(data)) {
    const content = Buffer.from(value, "base64").toString().replaceAll(objectStoreMount, mount);
    writeFileSync(join(mount, name), content);
  }
  const bucket = `--objstore.config-file=${objectStoreConfigFile.replace(objectStoreMount, mount)}`;
  const text = join(mount, "samples.om");
  const from = Math.floor(Date.now() / 7_200_000) * 7200 - 7200;
  writeFileSync(text, openMetrics([{ metric: "moat_test", labels: { api }, from, step: 60, count: 60 }]));
  const blocks = join(mount, "blocks");
  await programs.once("promtool", ["tsdb", "create-blocks-from", "openmetrics", "--quiet", text, blocks]);
  const label = '--label=replica="0"';
  await programs.once("thanos", ["tools", "bucket", "upload-blocks", `--path=${blocks}`, label, bucket]);
  const listed = await programs.once("thanos", ["tools", "bucket", "ls", "--log.level=error", bucket]);
  expect(listed.trim().split("\n")).toHaveLength(1);
});

test("destroy is refused while they are protected; with that lifted it removes the credentials, and containers only when empty", async () => {
  const refused = await stack.pulumi(["destroy", "--stack", "test", "--yes"]);
  expect(refused).toMatchObject({ ok: false, text: expect.stringMatching(/protect/) });
  expect(await containers()).toHaveLength(2);
  await stack.up(source(false));
  const failed = await measured.run("destroy, not empty", () => stack.failing("destroy"));
  expect(failed.text).toMatch(/409|Conflict|not empty/i);
  expect(await containers()).toHaveLength(2);
});
