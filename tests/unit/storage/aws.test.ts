/** A bucket that is made in AWS: who gets in, what guards it, and what Thanos is told. */
import { parse } from "yaml";
import { AwsStore, type AwsStoreArgs } from "../../../components/storage/aws";
import { tlsOnly } from "../../../components/storage/awsBucket";
import { bucketRights, podTrust, s3Endpoint } from "../../../components/storage/awsPolicies";
import { judgedTypes, optionsOfChildren, violationsIn } from "../../support/judged";
import { type Made, madeBy, objects, ofType } from "../../support/mocks";
import { validateAll } from "../../support/schemas";

const args: AwsStoreArgs = {
  namespace: "platform",
  signal: "metrics",
  bucketPrefix: "example-org-moat",
  region: "eu-central-1",
  keepDeletedDays: 14,
  identity: { type: "podIdentity", cluster: "prod" },
  protectData: true,
};
const bucket = "example-org-moat-metrics";
const kmsKey = "arn:aws:kms:eu-central-1:123456789012:key/12345678-aaaa-bbbb-cccc-1234567890ab";

async function storeOf(changes: Partial<AwsStoreArgs> = {}) {
  const { seen, transformations } = optionsOfChildren();
  const made = await madeBy(() => new AwsStore("store", { ...args, ...changes }, { transformations }));
  return { made, options: seen };
}

/** Inputs of the one resource of a type. */
function only(made: readonly Made[], type: string): Made["inputs"] {
  const [first, ...more] = ofType(made, type);
  if (first === undefined || more.length > 0) throw new Error(`not one ${type}`);
  return first.inputs;
}

const configOf = (made: readonly Made[]): unknown => {
  const [secret] = objects(made, "Secret");
  const data = secret?.inputs.stringData;
  return typeof data === "object" && data !== null && "objstore.yml" in data
    ? parse(String(data["objstore.yml"])).config
    : undefined;
};

/** Every shape of the store that the configuration can ask for. */
const shapes: readonly (readonly [string, Partial<AwsStoreArgs>])[] = [
  ["with pod identity", {}],
  ["with an access key", { identity: { type: "accessKey" } }],
  ["with a KMS key", { kmsKey }],
  ["with a lock", { objectLock: { mode: "compliance", days: 30 } }],
  ["in China", { region: "cn-north-1", identity: { type: "accessKey" } }],
  ["in GovCloud", { region: "us-gov-west-1" }],
];

describe.each(shapes)("a store %s", (_, changes) => {
  let made: Made[];
  beforeAll(async () => {
    ({ made } = await storeOf(changes));
  });

  test("breaks no rule of the pack", () => {
    expect(violationsIn(made)).toEqual([]);
    expect(judgedTypes(made)).toEqual(
      expect.arrayContaining([
        "aws:s3/bucket:Bucket",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
      ]),
    );
  });

  test("makes objects that the published schemas allow", () => {
    expect(validateAll(made)).toEqual([]);
  });

  test("works in one region", () => {
    const regions = made.filter((m) => m.type.startsWith("aws:s3/")).map((m) => m.inputs.region);
    expect(new Set(regions)).toEqual(new Set([changes.region ?? args.region]));
  });
});

describe("the bucket", () => {
  test("is private, encrypted, versioned and owned", async () => {
    const { made } = await storeOf();
    expect(only(made, "aws:s3/bucket:Bucket")).toEqual({
      bucket,
      region: "eu-central-1",
      tags: { application: "moat", signal: "metrics" },
    });
    expect(only(made, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")).toMatchObject({
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(only(made, "aws:s3/bucketOwnershipControls:BucketOwnershipControls")).toMatchObject({
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    expect(only(made, "aws:s3/bucketVersioning:BucketVersioning")).toMatchObject({
      versioningConfiguration: { status: "Enabled" },
    });
    expect(only(made, encryptionType)).toMatchObject({
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
    expect(ofType(made, lockType)).toEqual([]);
  });

  test("forgets incomplete uploads, and old versions after the days that were asked for", async () => {
    const { made } = await storeOf({ keepDeletedDays: 5 });
    expect(only(made, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").rules).toEqual([
      {
        id: "incomplete-uploads",
        status: "Enabled",
        filter: {},
        abortIncompleteMultipartUpload: { daysAfterInitiation: 3 },
      },
      {
        id: "old-versions",
        status: "Enabled",
        filter: {},
        noncurrentVersionExpiration: { noncurrentDays: 5 },
        expiration: { expiredObjectDeleteMarker: true },
      },
    ]);
  });

  test("is encrypted by a key of KMS if there is one, which its clients may use", async () => {
    const { made } = await storeOf({ kmsKey });
    expect(only(made, encryptionType)).toMatchObject({
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKey },
          bucketKeyEnabled: true,
        },
      ],
    });
    expect(only(made, "aws:iam/rolePolicy:RolePolicy").policy).toContain(kmsKey);
  });

  test("is locked from the start if it shall be", async () => {
    const { made } = await storeOf({ objectLock: { mode: "governance", days: 7 } });
    expect(only(made, "aws:s3/bucket:Bucket").objectLockEnabled).toBe(true);
    expect(only(made, lockType).rule).toEqual({ defaultRetention: { mode: "GOVERNANCE", days: 7 } });
  });

  test.each([true, false])("protected: %s, and all its guards with it", async (protectData) => {
    const { made, options } = await storeOf({
      protectData,
      objectLock: { mode: "governance", days: 7 },
    });
    const inS3 = made.filter((m) => m.type.startsWith("aws:s3/"));
    expect(inS3).toHaveLength(8);
    for (const { name } of inS3)
      expect(options.get(name)).toMatchObject({ protect: protectData, retainOnDelete: protectData });
    // What holds no data goes with the stack.
    for (const { name } of made.filter((m) => m.type.startsWith("aws:iam/")))
      expect(options.get(name)?.protect).toBeUndefined();
  });
});

const encryptionType =
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const lockType = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";

describe("on EKS", () => {
  let made: Made[];
  beforeAll(async () => {
    ({ made } = await storeOf());
  });

  test("there is no key, neither in IAM nor in the configuration", () => {
    expect(made.filter((m) => /accessKey|iam\/user/.test(m.type))).toEqual([]);
    expect(configOf(made)).toEqual({
      bucket,
      endpoint: "s3.eu-central-1.amazonaws.com",
      region: "eu-central-1",
      aws_sdk_auth: true,
      insecure: false,
    });
  });

  test("each client of the bucket has the role, and nobody else", () => {
    const accounts = ["prometheus-tenants", "prometheus-platform", "thanos-store", "thanos-compact"];
    const associations = ofType(made, "aws:eks/podIdentityAssociation:PodIdentityAssociation");
    expect(associations.map((m) => m.inputs)).toEqual(
      accounts.map((serviceAccount) => ({
        clusterName: "prod",
        namespace: "platform",
        region: "eu-central-1",
        roleArn: "arn:aws:iam::123456789012:role/made-up",
        serviceAccount,
      })),
    );
    expect(only(made, "aws:iam/role:Role").assumeRolePolicy).toBe(
      podTrust({ cluster: "prod", namespace: "platform", serviceAccounts: accounts }),
    );
  });
});

test("anywhere else a user's key is in the Secret and nowhere else", async () => {
  const { made } = await storeOf({ identity: { type: "accessKey" } });
  expect(made.filter((m) => /iam\/role|aws:eks/.test(m.type))).toEqual([]);
  expect(only(made, "aws:iam/userPolicy:UserPolicy")).toMatchObject({
    user: bucket,
    policy: bucketRights({ bucket, region: "eu-central-1" }),
  });
  expect(configOf(made)).toMatchObject({ access_key: "store-key-id", secret_key: "made-up-secret-key" });
  expect(JSON.stringify(made.filter((m) => !m.type.endsWith(":Secret")))).not.toContain("made-up-secret-key");
});

describe("rights", () => {
  test("are those on this bucket alone, and none to destroy versions or to change the bucket", () => {
    expect(JSON.parse(bucketRights({ bucket: "b", region: "eu-west-1" }))).toEqual({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::b"] },
        {
          Effect: "Allow",
          Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
          Resource: ["arn:aws:s3:::b/*"],
        },
      ],
    });
  });

  test("nobody has any without TLS", () => {
    expect(JSON.parse(tlsOnly("b", "eu-west-1")).Statement).toEqual([
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  test.each([
    ["eu-central-1", "s3.eu-central-1.amazonaws.com", "arn:aws:s3:::b"],
    ["cn-north-1", "s3.cn-north-1.amazonaws.com.cn", "arn:aws-cn:s3:::b"],
    ["us-gov-west-1", "s3.us-gov-west-1.amazonaws.com", "arn:aws-us-gov:s3:::b"],
  ])("in %s name %s and %s", (region, endpoint, arn) => {
    expect(s3Endpoint(region)).toBe(endpoint);
    expect(bucketRights({ bucket: "b", region })).toContain(`"${arn}"`);
    expect(tlsOnly("b", region)).toContain(`"${arn}"`);
  });
});
