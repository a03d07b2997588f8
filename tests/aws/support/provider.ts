/** The provider of AWS, as far as the components need it: what they declare is asked of AWS's APIs, where moto answers. */
import { runtime } from "@pulumi/pulumi";
import { z } from "zod";
import { region } from "../../../toolchain/aws/moto";
import { plain } from "../../support/mocks";
import { accessKeys, type Boto } from "./boto";

type Fields = Readonly<Record<string, unknown>>;

/** What a provider answers. */
interface Answer {
  readonly id: string;
  readonly state: Fields;
}

/** What came of a piece of a program, of what tests look for. */
export interface Result {
  /** Data of Secrets of Kubernetes, by their names. */
  readonly secrets: Map<string, Readonly<Record<string, string>>>;
  /** ARNs of roles. */
  readonly roles: string[];
}

/**
 * Where objects are to be read: moto takes the refusal of what comes without TLS for one of everything, as it does not know the condition.
 */
export const withoutTlsOnly = ["aws:s3/bucketPolicy:BucketPolicy"];

/** Runs a piece of a program. What is of a type in `without` is not asked for. */
export async function madeOnMoto(
  boto: Boto,
  build: () => void,
  without: readonly string[] = [],
): Promise<Result> {
  const result: Result = { secrets: new Map(), roles: [] };
  const failures: unknown[] = [];
  await runtime.setMocks(
    {
      newResource: async ({ type, name, inputs }) => {
        const make = without.includes(type) ? undefined : makers[type];
        const made = await make?.(boto, plain(inputs), result).catch(
          (error: unknown) => void failures.push(error),
        );
        return made ?? { id: `${name}-id`, state: inputs };
      },
      call: ({ inputs }) => inputs,
    },
    "moat",
    "test",
  );
  build();
  await runtime.disconnect();
  if (failures.length > 0) throw failures[0];
  return result;
}

type Maker = (boto: Boto, inputs: Fields, result: Result) => Promise<Answer | undefined>;

/** A setting of a bucket: the operation of S3, and its parameters besides the bucket. */
const setting =
  (operation: string, parameters: (inputs: Fields) => Fields): Maker =>
  async (boto, { bucket, region: _, ...inputs }) => {
    await boto.call("s3", operation, { Bucket: bucket, ...parameters(asAwsWrites(inputs)) });
    return undefined;
  };

const named = z.object({ name: z.string() });

const makers: Readonly<Record<string, Maker>> = {
  "kubernetes:core/v1:Secret": async (_, inputs, { secrets }) => {
    const { metadata, stringData } = secret.parse(inputs);
    secrets.set(metadata.name, stringData);
    return undefined;
  },

  "aws:s3/bucket:Bucket": async (boto, inputs) => {
    const { bucket, tags, objectLockEnabled } = bucketInputs.parse(inputs);
    await boto.call("s3", "create_bucket", {
      Bucket: bucket,
      CreateBucketConfiguration: { LocationConstraint: region },
      ObjectLockEnabledForBucket: objectLockEnabled,
    });
    const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await boto.call("s3", "put_bucket_tagging", { Bucket: bucket, Tagging: { TagSet } });
    return { id: bucket, state: inputs };
  },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": setting(
    "put_bucket_ownership_controls",
    ({ Rule }) => ({ OwnershipControls: { Rules: [Rule] } }),
  ),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": setting(
    "put_public_access_block",
    (PublicAccessBlockConfiguration) => ({ PublicAccessBlockConfiguration }),
  ),
  "aws:s3/bucketPolicy:BucketPolicy": setting("put_bucket_policy", (policy) => policy),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": setting(
    "put_bucket_encryption",
    (ServerSideEncryptionConfiguration) => ({ ServerSideEncryptionConfiguration }),
  ),
  "aws:s3/bucketVersioning:BucketVersioning": setting("put_bucket_versioning", (versioning) => versioning),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": setting(
    "put_bucket_lifecycle_configuration",
    (LifecycleConfiguration) => ({ LifecycleConfiguration }),
  ),
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": setting(
    "put_object_lock_configuration",
    (lock) => ({ ObjectLockConfiguration: { ObjectLockEnabled: "Enabled", ...lock } }),
  ),

  "aws:iam/user:User": async (boto, inputs) => {
    const { name } = named.parse(inputs);
    await boto.call("iam", "create_user", { UserName: name });
    return { id: name, state: inputs };
  },
  "aws:iam/userPolicy:UserPolicy": async (boto, { user, name, policy }) => {
    await boto.call("iam", "put_user_policy", { UserName: user, PolicyName: name, PolicyDocument: policy });
    return undefined;
  },
  "aws:iam/accessKey:AccessKey": async (boto, { user }) => {
    const made = await boto.call("iam", "create_access_key", { UserName: user });
    const { AccessKeyId, SecretAccessKey } = accessKeys.parse(made).AccessKey;
    return { id: AccessKeyId, state: { user, secret: SecretAccessKey } };
  },
  "aws:iam/role:Role": async (boto, inputs, { roles }) => {
    const { name, description, assumeRolePolicy } = roleInputs.parse(inputs);
    const made = await boto.call("iam", "create_role", {
      RoleName: name,
      Description: description,
      AssumeRolePolicyDocument: assumeRolePolicy,
    });
    const { Arn } = role.parse(made).Role;
    roles.push(Arn);
    return { id: name, state: { ...inputs, arn: Arn } };
  },
  "aws:iam/rolePolicy:RolePolicy": async (boto, { role: of, name, policy }) => {
    await boto.call("iam", "put_role_policy", { RoleName: of, PolicyName: name, PolicyDocument: policy });
    return undefined;
  },

  "aws:route53/record:Record": async (boto, inputs) => {
    const { zoneId, name, type, ttl, records } = recordInputs.parse(inputs);
    const ResourceRecords = records.map((Value) => ({ Value }));
    await boto.call("route53", "change_resource_record_sets", {
      HostedZoneId: zoneId,
      ChangeBatch: {
        Changes: [
          { Action: "CREATE", ResourceRecordSet: { Name: name, Type: type, TTL: ttl, ResourceRecords } },
        ],
      },
    });
    return undefined;
  },
};

/** Fields as AWS's APIs call them: `sseAlgorithm` is SSEAlgorithm, `status` is Status. */
function asAwsWrites(fields: object): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      renamed[name] ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      valueAsAwsWrites(value),
    ]),
  );
}

function valueAsAwsWrites(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(valueAsAwsWrites);
  return typeof value === "object" && value !== null ? asAwsWrites(value) : value;
}

const renamed: Readonly<Record<string, string>> = {
  id: "ID",
  sseAlgorithm: "SSEAlgorithm",
  kmsMasterKeyId: "KMSMasterKeyID",
};

const secret = z.object({
  metadata: z.object({ name: z.string() }),
  stringData: z.record(z.string(), z.string()),
});
const bucketInputs = z.object({
  bucket: z.string(),
  tags: z.record(z.string(), z.string()),
  objectLockEnabled: z.boolean().default(false),
});
const roleInputs = z.object({ name: z.string(), description: z.string(), assumeRolePolicy: z.string() });
const role = z.object({ Role: z.object({ Arn: z.string() }) });
const recordInputs = z.object({
  zoneId: z.string(),
  name: z.string(),
  type: z.string(),
  ttl: z.number(),
  records: z.array(z.string()),
});
