/** What the rights that the component writes let a client of the bucket do, and nothing else, as moto checks them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { bucketRights } from "../../components/storage/awsPolicies";
import { region } from "../../toolchain/aws/moto";
import type { Keys } from "./support/boto";
import { playedAws } from "./support/played";
import { byAccessKey, byPodIdentity, type Way } from "./support/stores";

const folder = mkdtempSync(join(tmpdir(), "moat-rights-"));
const other = "test-somebody-elses";
const aws = playedAws();
beforeAll(async () => {
  const CreateBucketConfiguration = { LocationConstraint: region };
  await aws.boto.call("s3", "create_bucket", { Bucket: other, CreateBucketConfiguration });
  await aws.boto.call("s3", "put_object", { Bucket: other, Key: "there", Body: "theirs" });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An operation, and its parameters. A service is named where it is not S3. */
type Call = readonly [operation: string, parameters?: Readonly<Record<string, unknown>>, service?: string];

const verdict = ([operation, parameters = {}, service = "s3"]: Call, keys: Keys, Bucket: string) =>
  aws.boto.verdict(service, operation, service === "s3" ? { Bucket, ...parameters } : parameters, keys);

const there = { Key: "there" };
/** What no client of a bucket may do with it, nor with anything else. */
const forbidden: readonly Call[] = [
  ["list_objects_v2", { Bucket: other }],
  ["get_object", { ...there, Bucket: other }],
  ["put_object", { ...there, Bucket: other, Body: "ours" }],
  ["delete_object", { ...there, Bucket: other }],
  ["create_bucket", { Bucket: "test-one-more", CreateBucketConfiguration: { LocationConstraint: region } }],
  ["delete_bucket"],
  ["list_object_versions"],
  ["get_bucket_policy"],
  ["put_bucket_policy", { Policy: bucketRights({ bucket: other, region }) }],
  ["delete_bucket_policy"],
  ["put_bucket_versioning", { VersioningConfiguration: { Status: "Suspended" } }],
  ["delete_bucket_lifecycle"],
  ["delete_public_access_block"],
  ["delete_bucket_encryption"],
  ["put_bucket_acl", { ACL: "public-read" }],
  ["put_object_acl", { ...there, ACL: "public-read" }],
  ["create_user", { UserName: "one-more" }, "iam"],
  ["list_users", {}, "iam"],
  ["create_access_key", { UserName: "administrator" }, "iam"],
];

describe.each([
  ["a user", byAccessKey],
  ["a role", byPodIdentity],
])("%s of ours", (kind, open) => {
  let way: Way;
  beforeAll(async () => {
    way = await open(aws.moto, aws.boto, join(folder, kind), `test-${kind.replace(" ", "-")}`);
    await aws.boto.call("s3", "put_object", { Bucket: way.bucket, ...there, Body: "ours" });
  });
  afterAll(() => way?.close());

  const asked = (call: Call): Promise<string> => verdict(call, way.keys, way.bucket);

  test("lists, writes, reads and deletes objects, and gives up uploads", async () => {
    expect(await asked(["put_object", { Key: "new", Body: "new" }])).toBe("allowed");
    expect(await asked(["get_object", { Key: "new" }])).toBe("allowed");
    expect(await asked(["head_object", { Key: "new" }])).toBe("allowed");
    expect(await asked(["list_objects_v2"])).toBe("allowed");
    expect(await asked(["delete_object", { Key: "new" }])).toBe("allowed");
    const begun = await aws.boto.call(
      "s3",
      "create_multipart_upload",
      { Bucket: way.bucket, Key: "new" },
      way.keys,
    );
    const { UploadId } = z.object({ UploadId: z.string() }).parse(begun);
    const part = { Key: "new", UploadId, PartNumber: 1, Body: "part" };
    expect(await asked(["upload_part", part])).toBe("allowed");
    expect(await asked(["abort_multipart_upload", { Key: "new", UploadId }])).toBe("allowed");
  });

  test.each(forbidden.map((call) => ({ call, on: call[2] ?? call[1]?.Bucket ?? "its own bucket" })))(
    "is refused $call.0 on $on",
    async ({ call }) => {
      expect(await asked(call)).toBe("AccessDenied");
    },
  );

  test("is refused the list of buckets", async () => {
    expect(await aws.boto.verdict("s3", "list_buckets", {}, way.keys)).toBe("AccessDenied");
  });

  test("cannot destroy a version, so what it deleted can be brought back", async () => {
    const { Versions } = versions.parse(
      await aws.boto.call("s3", "list_object_versions", { Bucket: way.bucket, Prefix: there.Key }),
    );
    for (const { VersionId } of Versions) {
      expect(await asked(["delete_object", { ...there, VersionId }])).toBe("AccessDenied");
      expect(await asked(["get_object", { ...there, VersionId }])).toBe("AccessDenied");
    }
    expect(Versions).toHaveLength(1);
  });
});

test.each<[string, Call]>([
  ["s3:ListBucket", ["list_objects_v2"]],
  ["s3:GetObject", ["get_object", there]],
  ["s3:PutObject", ["put_object", { ...there, Body: "ours" }]],
  ["s3:DeleteObject", ["delete_object", there]],
  ["s3:AbortMultipartUpload", ["abort_multipart_upload", { ...there, UploadId: "none" }]],
])("the right %s is needed", async (right, call) => {
  const bucket = `test-without-${right.slice(3).toLowerCase()}`;
  const CreateBucketConfiguration = { LocationConstraint: region };
  await aws.boto.call("s3", "create_bucket", { Bucket: bucket, CreateBucketConfiguration });
  await aws.boto.call("s3", "put_object", { Bucket: bucket, ...there, Body: "ours" });
  const all = bucketRights({ bucket, region });
  const less = all.replace(`"${right}"`, '"s3:GetBucketTagging"');
  expect(less).not.toBe(all);
  expect(await verdict(call, await aws.boto.user(`${bucket}-all`, all), bucket)).not.toBe("AccessDenied");
  expect(await verdict(call, await aws.boto.user(`${bucket}-less`, less), bucket)).toBe("AccessDenied");
});

const versions = z.object({ Versions: z.array(z.object({ VersionId: z.string() })) });
