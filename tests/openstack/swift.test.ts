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
import { until } from "../support/live/progress";
import { Programs, refused } from "./support/programs";
import { accountOf, makeStore } from "./support/store";
import { Thanos } from "./support/thanos";

jest.setTimeout(180_000);

const hour = 3600;
const minute = 60;
/** Begins with one of the ranges of 8 hours that the compactor makes one block of, and goes on into the next. */
const from = Math.floor(Date.now() / 1000 / (8 * hour)) * 8 * hour - 16 * hour;
const samplesEach = (12 * hour) / minute;
const series = Array.from({ length: 200 }, (_, i) => `s${i}`);
const allSamples = samplesEach * series.length;
const counted = Object.fromEntries(series.map((name) => [name, samplesEach]));

let access: Access;
let owner: Session;
let ca: string;
beforeAll(async () => {
  access = await startOpenStack();
  owner = await sessionOf(access, people.owner);
  ca = readFileSync(access.caFile, "utf8");
}, 300_000);

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

  test("a sidecar uploads blocks", async () => {
    const samples = series.map((name) => ({
      metric: "moat_test",
      labels: { namespace: "alpha", series: name },
      from,
      step: minute,
      count: samplesEach,
    }));
    await thanos.write(samples);
    const blocks = await until("6 blocks in the bucket", 90, async () => {
      const found = await thanos.blocks();
      return found.length === 6 && found;
    });
    expect(blocks.map((b) => b.stats.numSamples).reduce((a, b) => a + b)).toBe(allSamples);
    expect(new Set(blocks.map((b) => b.compaction.level))).toEqual(new Set([1]));
  });

  test("a store gateway reads every sample", async () => {
    expect(await thanos.read("count_over_time(moat_test[13h])", from + 12 * hour)).toEqual(counted);
  });

  test("the compactor makes one block of four, and removes the four", async () => {
    const before = (await thanos.blocks()).map((b) => b.ulid);
    await thanos.compact();
    const after = await thanos.blocks();
    expect(
      after
        .map((b) => (b.maxTime - b.minTime) / 1000 / hour)
        .map(Math.round)
        .sort(),
    ).toEqual([2, 2, 8]);
    expect(after.map((b) => b.stats.numSamples).reduce((a, b) => a + b)).toBe(allSamples);
    const names = (await objects()).map(({ name }) => name);
    expect(before.filter((ulid) => names.some((name) => name.startsWith(`${ulid}/`)))).toHaveLength(2);
  });

  test("a store gateway reads every sample of the compacted block", async () => {
    expect(await thanos.read("count_over_time(moat_test[13h])", from + 12 * hour)).toEqual(counted);
  });

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
    const said = await refused("thanos", ["tools", "bucket", "ls", `--objstore.config-file=${wrong}`]);
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
