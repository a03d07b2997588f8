/** A bucket with all settings that the component declares: AWS's models know every one of them, and each is as it was declared. */
import { AwsBucket, type AwsBucketArgs, tlsOnly } from "../../components/storage/awsBucket";
import { region } from "../../toolchain/aws/moto";
import { playedAws } from "./support/played";
import { madeOnMoto, withoutTlsOnly } from "./support/provider";

const aws = playedAws();

const kmsKey = "arn:aws:kms:eu-central-1:123456789012:key/12345678-aaaa-bbbb-cccc-1234567890ab";
const shapes: readonly [string, Partial<AwsBucketArgs>][] = [
  ["plain", {}],
  ["with-a-key", { kmsKey }],
  ["with-governance", { objectLock: { mode: "governance", days: 30 } }],
  ["with-compliance", { objectLock: { mode: "compliance", days: 7 } }],
];

describe.each(shapes)("a bucket %s", (shape, changes) => {
  const Bucket = `test-${shape}`;
  const args: AwsBucketArgs = {
    bucket: Bucket,
    signal: "metrics",
    region,
    keepDeletedDays: 14,
    protectData: true,
    ...changes,
  };
  beforeAll(() => madeOnMoto(aws.boto, () => void new AwsBucket("bucket", args)));

  const read = (operation: string, parameters = {}) =>
    aws.boto.call("s3", operation, { Bucket, ...parameters });

  test("stands in its region, and is marked", async () => {
    expect(await read("get_bucket_location")).toEqual({ LocationConstraint: region });
    const { TagSet } = await read("get_bucket_tagging");
    expect(TagSet).toEqual(
      expect.arrayContaining([
        { Key: "application", Value: "moat" },
        { Key: "signal", Value: "metrics" },
      ]),
    );
  });

  test("is closed to the public, whatever lists of rights say", async () => {
    expect(await read("get_public_access_block")).toEqual({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      },
    });
    expect(await read("get_bucket_ownership_controls")).toEqual({
      OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
    });
  });

  test("refuses what comes without TLS, by a policy that makes nothing public", async () => {
    const { Policy } = await read("get_bucket_policy");
    expect(JSON.parse(String(Policy))).toEqual(JSON.parse(tlsOnly(Bucket, region)));
    expect(await read("get_bucket_policy_status")).toEqual({ PolicyStatus: { IsPublic: false } });
  });

  test("is encrypted", async () => {
    const how =
      args.kmsKey === undefined
        ? { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }
        : {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: kmsKey },
            BucketKeyEnabled: true,
          };
    expect(await read("get_bucket_encryption")).toMatchObject({
      ServerSideEncryptionConfiguration: { Rules: [how] },
    });
  });

  test("keeps what was deleted for the days that were said, and clears away the rest", async () => {
    expect(await read("get_bucket_versioning")).toEqual({ Status: "Enabled" });
    expect((await read("get_bucket_lifecycle_configuration")).Rules).toEqual([
      {
        ID: "incomplete-uploads",
        Status: "Enabled",
        Filter: {},
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
      },
      {
        ID: "old-versions",
        Status: "Enabled",
        Filter: {},
        NoncurrentVersionExpiration: { NoncurrentDays: 14 },
        Expiration: { ExpiredObjectDeleteMarker: true },
      },
    ]);
  });
});

describe.each(shapes)("a version in a bucket %s", (shape, { objectLock }) => {
  const Bucket = `test-version-${shape}`;
  const args: AwsBucketArgs = {
    bucket: Bucket,
    signal: "metrics",
    region,
    objectLock,
    keepDeletedDays: 14,
    protectData: true,
  };
  beforeAll(() => madeOnMoto(aws.boto, () => void new AwsBucket("bucket", args), withoutTlsOnly));

  const object = { Bucket, Key: "block" };

  test(objectLock === undefined ? "goes when its owner wants it" : "is locked", async () => {
    const { VersionId } = await aws.boto.call("s3", "put_object", { ...object, Body: "samples" });
    if (objectLock !== undefined)
      expect(await aws.boto.call("s3", "get_object_lock_configuration", { Bucket })).toMatchObject({
        ObjectLockConfiguration: {
          ObjectLockEnabled: "Enabled",
          Rule: { DefaultRetention: { Mode: objectLock.mode.toUpperCase(), Days: objectLock.days } },
        },
      });
    // What a compactor does: the version stays below the mark.
    expect(await aws.boto.verdict("s3", "delete_object", object)).toBe("allowed");
    expect(await aws.boto.verdict("s3", "delete_object", { ...object, VersionId })).toBe(
      objectLock === undefined ? "allowed" : "AccessDenied",
    );
  });

  test("goes by force only where that was left open", async () => {
    const { VersionId } = await aws.boto.call("s3", "put_object", { ...object, Body: "samples" });
    const force = { ...object, VersionId, BypassGovernanceRetention: true };
    expect(await aws.boto.verdict("s3", "delete_object", force)).toBe(
      objectLock?.mode === "compliance" ? "AccessDenied" : "allowed",
    );
  });
});

test("a field that AWS does not know is refused", async () => {
  const wrong = {
    Bucket: "test-plain",
    VersioningConfiguration: { Status: "Enabled", MfaDeletes: "Disabled" },
  };
  expect(await aws.boto.verdict("s3", "put_bucket_versioning", wrong)).toBe("ParamValidationError");
});
