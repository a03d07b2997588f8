/**
 * Thanos on OpenStack's own Swift and Keystone, with the container and the credential that the component makes:
 * blocks are uploaded, read, compacted and deleted by both APIs over TLS, and nobody else gets at them.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { SwiftStoreArgs } from "../../components/storage/swift";
import { ask, type Session } from "../../toolchain/openstack/api";
import { type Access, sessionOf, startOpenStack } from "../../toolchain/openstack/services";
import { network, people, ports, region, urls } from "../../toolchain/openstack/settings";
import { Programs } from "../support/programs";
import { Thanos } from "../support/thanos";
import { thanosTests } from "../support/thanosTests";
import { accountOf, makeStore } from "./support/store";

let access: Access;
let owner: Session;
let ca: string;
beforeAll(async () => {
  access = await startOpenStack();
  owner = await sessionOf(access, people.owner);
  ca = readFileSync(access.caFile, "utf8");
});

const apis: readonly [string, SwiftStoreArgs["access"]][] = [
  ["its S3 API", { api: "s3", signingRegion: "us-east-1" }],
  [
    "its own API",
    {
      api: "native",
      authUrl: urls.keystone,
      roles: ["member"],
      // So small that the blocks of a test are sent in pieces.
      largeObjectSize: "16Ki",
      dynamicLargeObjects: false,
    },
  ],
];

describe.each(apis)("Swift by %s", (_, api) => {
  const bucketPrefix = `test-${api.api}-${Date.now()}`;
  const container = `${bucketPrefix}-metrics`;
  const folder = mkdtempSync(join(tmpdir(), "moat-thanos-"));
  const programs = new Programs();
  let config: string;
  let thanos: Thanos;

  beforeAll(async () => {
    config = await makeStore(owner, {
      namespace: "moat-system",
      signal: "metrics",
      bucketPrefix,
      region,
      endpoint: `${network.services}:${ports.open.swift}`,
      caCertificate: ca,
      versioning: true,
      access: api,
      protectData: true,
    });
    thanos = new Thanos(programs, folder, config);
  });
  afterAll(async () => {
    await programs.stopAll();
    for (const path of [folder, dirname(config)]) rmSync(path, { recursive: true, force: true });
  });

  const objects = async (query = ""): Promise<z.output<typeof listing>> =>
    owner.json(listing, "GET", `${accountOf(owner)}/${container}?format=json&limit=1000${query}`);

  thanosTests(() => ({ thanos, names: async () => (await objects()).map(({ name }) => name) }));

  test("what was deleted is kept as a version", async () => {
    const kept = await objects("&versions=true");
    expect(kept.filter((o) => o.is_latest === false && o.name.endsWith("/meta.json"))).toHaveLength(4);
  });

  test("large objects go up in pieces, with the native API into the same container", async () => {
    const pieces = (await objects("&prefix=segments/")).length;
    if (api.api === "native") expect(pieces).toBeGreaterThan(0);
    else expect(pieces).toBe(0);
  });

  test("another project's user does not read it", async () => {
    const stranger = await sessionOf(access, people.stranger);
    expect((await stranger.ask("GET", `${accountOf(owner)}/${container}`)).status).toBe(403);
    expect((await ask(ca, "GET", `${accountOf(owner)}/${container}`)).status).toBe(401);
  });

  test.each([
    ["a wrong secret", /((?:secret_key|application_credential_secret): )(\S+)/, "$1wrong"],
    ["no trust in the cloud's authority", /ca_file: \S+/, "insecure_skip_verify: false"],
  ])("nothing works with %s", async (_name, part, other) => {
    const wrong = join(folder, "wrong.yml");
    writeFileSync(wrong, readFileSync(config, "utf8").replace(part, other));
    const said = await programs.refused("thanos", [
      "tools",
      "bucket",
      "ls",
      `--objstore.config-file=${wrong}`,
    ]);
    expect(said).toMatch(/signature|401|403|Authorization Failed|certificate signed by unknown authority/i);
  });
});

test("the application credential makes no further credentials", async () => {
  const name = `limited-${Date.now()}`;
  const url = `${urls.keystone}/users/${owner.userId}/application_credentials`;
  const wanted = { name, roles: [{ name: "member" }], unrestricted: false };
  const made = await owner.json(credential, "POST", url, { application_credential: wanted });
  const { id, secret } = made.application_credential;
  const auth = { identity: { methods: ["application_credential"], application_credential: { id, secret } } };
  const token = (await ask(ca, "POST", `${urls.keystone}/auth/tokens`, { json: { auth } })).headers[
    "x-subject-token"
  ];
  expect(typeof token).toBe("string");
  const again = await ask(ca, "POST", url, {
    token: String(token),
    json: { application_credential: { ...wanted, name: `${name}-2` } },
  });
  expect(again.status).toBe(403);
});

const listing = z.array(z.object({ name: z.string().default(""), is_latest: z.boolean().optional() }));
const credential = z.object({ application_credential: z.object({ id: z.string(), secret: z.string() }) });
