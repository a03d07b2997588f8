/**
 * Thanos on AWS's S3 as moto plays it, with bucket, identity and configuration as the components make them, by TLS, under AWS's own names,
 * and with every caller's signature and rights checked.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { region } from "../../toolchain/aws/moto";
import { Programs } from "../support/programs";
import { Thanos } from "../support/thanos";
import { thanosTests } from "../support/thanosTests";
import { playedAws } from "./support/played";
import { byAccessKey, byEndpoint, byPodIdentity, type Opening, type Way } from "./support/stores";

const aws = playedAws();

const ways: readonly [string, Opening][] = [
  ["a user's key", byAccessKey],
  ["the role of its pods", byPodIdentity],
  ["a key for somebody's bucket", byEndpoint],
];

describe.each(ways)("with %s", (kind, open) => {
  const folder = mkdtempSync(join(tmpdir(), "moat-thanos-"));
  let way: Way;
  let programs: Programs;
  let thanos: Thanos;

  beforeAll(async () => {
    way = await open(aws.moto, aws.boto, join(folder, "secret"), `test-${kind.replace(/\W+/g, "-")}`);
    programs = new Programs(way.env);
    thanos = new Thanos(programs, folder, way.config);
  });
  afterAll(async () => {
    await programs?.stopAll();
    way?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const versions = async () =>
    listing.parse(await aws.boto.call("s3", "list_object_versions", { Bucket: way.bucket }));

  thanosTests(() => ({
    thanos,
    names: async () => (await versions()).Versions.filter((v) => v.IsLatest).map((v) => v.Key),
  }));

  test("what was deleted is kept as a version", async () => {
    const gone = new Set((await versions()).DeleteMarkers.map((m) => m.Key));
    const kept = (await versions()).Versions.filter((v) => gone.has(v.Key));
    expect(kept.filter((v) => v.Key.endsWith("/meta.json"))).toHaveLength(4);
  });

  test("large objects go up in parts", async () => {
    const { ulid } = await thanos.upload({ chunkBytes: 65 * 2 ** 20 });
    const { ETag, ContentLength } = await aws.boto.call("s3", "head_object", {
      Bucket: way.bucket,
      Key: `${ulid}/chunks/000001`,
    });
    // How S3 marks what came in two parts.
    expect(ETag).toMatch(/-2"$/);
    expect(ContentLength).toBe(65 * 2 ** 20);
  });

  test.each([
    ["another bucket", /bucket: \S+/, "bucket: test-somebody-elses", /access denied/i],
    ["an endpoint where nobody is", /endpoint: \S+/, "endpoint: 127.0.0.1:1", /connection refused/],
  ])("nothing works with %s, and it says why", async (_, part, other, words) => {
    expect(await ls(readFileSync(way.config, "utf8").replace(part, other))).toMatch(words);
  });

  test("nothing works with a wrong secret, and it says why", async () => {
    const config = readFileSync(way.config, "utf8").replace(/secret_key: \S+/, "secret_key: wrong");
    expect(await ls(config, way.wrongEnv)).toMatch(/signature we calculated does not match/);
  });

  test("nothing works without trust in its authority", async () => {
    const machine = { SSL_CERT_FILE: "/etc/ssl/certs/ca-certificates.crt" };
    const said = await ls(readFileSync(way.config, "utf8"), machine);
    expect(said).toMatch(/certificate signed by unknown authority/);
  });

  /** Lists with another configuration or other variables, which must fail. */
  async function ls(config: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
    const wrong = join(folder, "wrong.yml");
    writeFileSync(wrong, config);
    const from = new Programs({ ...way.env, ...env });
    return from.refused("thanos", ["tools", "bucket", "ls", `--objstore.config-file=${wrong}`]);
  }
});

test("Thanos asks under the names that AWS has", () => {
  const asked = [...aws.moto.asked].filter((name) => name.startsWith("test-"));
  expect(asked.length).toBeGreaterThan(1);
  for (const name of asked)
    expect(name).toMatch(new RegExp(`^test-[a-z-]+\\.s3\\.(dualstack\\.)?${region}\\.`));
});

const listing = z.object({
  Versions: z.array(z.object({ Key: z.string(), IsLatest: z.boolean() })).default([]),
  DeleteMarkers: z.array(z.object({ Key: z.string() })).default([]),
});
