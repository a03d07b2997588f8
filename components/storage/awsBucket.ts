/** A bucket in AWS S3 with all that guards it: private, encrypted, reached by TLS alone, with versions that outlive a deletion. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bucketArn } from "./awsPolicies";
import type { Signal } from "./objectStore";

export interface AwsBucketArgs {
  /** Name of the bucket; no other in all of AWS may have it. */
  readonly bucket: string;
  /** What it holds. */
  readonly signal: Signal;
  /** AWS region, such as `eu-central-1`. */
  readonly region: string;
  /** ARN of the KMS key that encrypts objects. Default: S3's own key. */
  readonly kmsKey?: string | undefined;
  /** Days for which deleted and overwritten objects can be brought back. */
  readonly keepDeletedDays: number;
  /** Lock on every version for some days. Default: none. */
  readonly objectLock?: ObjectLock | undefined;
  /** Makes Pulumi refuse to delete or replace the bucket and its guards, and leave them in AWS whatever becomes of the stack. */
  readonly protectData: boolean;
}

export interface ObjectLock {
  /** `governance`: who has the right to may lift it. `compliance`: nobody may, not even the owner of the account. */
  readonly mode: "governance" | "compliance";
  /** Days from the upload. */
  readonly days: number;
}

export class AwsBucket extends pulumi.ComponentResource {
  constructor(name: string, args: AwsBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:storage:AwsBucket", name, {}, opts);
    const { region, objectLock } = args;
    // The guards stay with the bucket: one that is left in AWS without them would be open to more than before.
    const kept = { parent: this, protect: args.protectData, retainOnDelete: args.protectData };

    const made = new aws.s3.Bucket(
      name,
      {
        bucket: args.bucket,
        region,
        tags: { application: "moat", signal: args.signal },
        ...(objectLock !== undefined && { objectLockEnabled: true }),
      },
      kept,
    );
    const of = { bucket: made.bucket, region };

    const owner = new aws.s3.BucketOwnershipControls(
      `${name}-ownership`,
      // Lists of rights on single objects have no effect.
      { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } },
      kept,
    );
    const closed = new aws.s3.BucketPublicAccessBlock(
      `${name}-public-access`,
      {
        ...of,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      // S3 refuses two changes of a bucket's rights at a time.
      { ...kept, dependsOn: owner },
    );
    new aws.s3.BucketPolicy(
      `${name}-policy`,
      { ...of, policy: tlsOnly(args.bucket, region) },
      { ...kept, dependsOn: closed },
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      { ...of, rules: [encryption(args.kmsKey)] },
      kept,
    );
    const versions = new aws.s3.BucketVersioning(
      `${name}-versions`,
      { ...of, versioningConfiguration: { status: "Enabled" } },
      kept,
    );
    const versioned = { ...kept, dependsOn: versions };
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      { ...of, rules: lifecycle(args.keepDeletedDays) },
      versioned,
    );
    if (objectLock !== undefined) {
      new aws.s3.BucketObjectLockConfiguration(
        `${name}-lock`,
        {
          ...of,
          rule: { defaultRetention: { mode: objectLock.mode.toUpperCase(), days: objectLock.days } },
        },
        versioned,
      );
    }
    this.registerOutputs({});
  }
}

/** The bucket's policy: it allows nothing, and refuses everybody what comes without TLS. Written from names, so a preview knows it. */
export const tlsOnly = (bucket: string, region: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [bucketArn(bucket, region), `${bucketArn(bucket, region)}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });

type Encryption = aws.types.input.s3.BucketServerSideEncryptionConfigurationRule;

const encryption = (kmsKey: string | undefined): Encryption =>
  kmsKey === undefined
    ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
    : {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKey },
        // One request to KMS for many objects.
        bucketKeyEnabled: true,
      };

/** An upload takes minutes; what is not whole after days never will be. */
const incompleteDays = 3;

const lifecycle = (keepDeletedDays: number): aws.types.input.s3.BucketLifecycleConfigurationRule[] => [
  {
    id: "incomplete-uploads",
    status: "Enabled",
    filter: {},
    abortIncompleteMultipartUpload: { daysAfterInitiation: incompleteDays },
  },
  {
    id: "old-versions",
    status: "Enabled",
    filter: {},
    noncurrentVersionExpiration: { noncurrentDays: keepDeletedDays },
    // Marks of deletion with no version below them any more.
    expiration: { expiredObjectDeleteMarker: true },
  },
];
