/**
 * A bucket that is made in AWS S3, and an identity that opens it and nothing else:
 * pods —role, by EKS Pod Identity→ bucket, or pods —key of a user→ bucket.
 */
import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { AwsBucket, type ObjectLock } from "./awsBucket";
import { bucketRights, podTrust, s3Endpoint } from "./awsPolicies";
import { bucketSecret, type S3Bucket, s3Config } from "./bucketConfig";
import { bucketClients, type ObjectStore, type Signal } from "./objectStore";

export interface AwsStoreArgs {
  /** Namespace of the platform. */
  readonly namespace: string;
  /** What the bucket holds. */
  readonly signal: Signal;
  /** What the bucket's name begins with; the signal follows: `example-org-moat` makes `example-org-moat-metrics`. */
  readonly bucketPrefix: string;
  /** AWS region, such as `eu-central-1`. */
  readonly region: string;
  /** ARN of the KMS key that encrypts objects. Default: S3's own key. */
  readonly kmsKey?: string | undefined;
  /** Days for which deleted and overwritten objects can be brought back. */
  readonly keepDeletedDays: number;
  /** Lock on every version for some days. Default: none. */
  readonly objectLock?: ObjectLock | undefined;
  /** As whom the platform's programs come. */
  readonly identity: AwsIdentity;
  /** Makes Pulumi refuse to delete or replace the bucket and its guards, and leave them in AWS whatever becomes of the stack. */
  readonly protectData: boolean;
}

/** `podIdentity`: a role for the pods of an EKS cluster, without a key. `accessKey`: a user with a key, for clusters anywhere else. */
export type AwsIdentity =
  | { readonly type: "podIdentity"; readonly cluster: string }
  | { readonly type: "accessKey" };

export class AwsStore extends pulumi.ComponentResource implements ObjectStore {
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: AwsStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:storage:AwsStore", name, {}, opts);
    const { namespace, signal, region, identity } = args;
    const bucket = `${args.bucketPrefix}-${signal}`;
    const made = new AwsBucket(`${name}-bucket`, { ...args, bucket }, { parent: this });

    const who = {
      bucket,
      region,
      policy: bucketRights({ bucket, region, kmsKey: args.kmsKey }),
      parent: this,
    };
    const { keys, needed } =
      identity.type === "podIdentity"
        ? podIdentity(name, { ...who, namespace, signal, cluster: identity.cluster })
        : accessKey(name, who);

    const secret = new kubernetes.core.v1.Secret(
      `${name}-config`,
      bucketSecret({
        namespace,
        signal,
        config: pulumi
          .output(keys)
          .apply((keys) =>
            s3Config({ bucket, region, endpoint: s3Endpoint(region), ...(keys !== undefined && { keys }) }),
          ),
      }),
      // Programs start when they have the secret: by then the bucket is there, and its rights.
      { parent: this, dependsOn: [made, ...needed] },
    );
    this.secretName = secret.metadata.name;
    this.registerOutputs({ secretName: this.secretName });
  }
}

/** A way into the bucket: keys if it has any, and what must be there before a program tries it. */
interface Access {
  readonly keys: pulumi.Output<S3Bucket["keys"]>;
  readonly needed: readonly pulumi.Resource[];
}

interface IdentityArgs {
  readonly bucket: string;
  readonly region: string;
  /** Rights on the bucket. */
  readonly policy: string;
  readonly parent: pulumi.Resource;
}

interface PodIdentityArgs extends IdentityArgs {
  readonly namespace: string;
  readonly signal: Signal;
  readonly cluster: string;
}

/** A role for the service accounts of the bucket's clients. The agent on each node hands their pods credentials that expire within hours. */
function podIdentity(name: string, args: PodIdentityArgs): Access {
  const { bucket, region, policy, parent, namespace, cluster } = args;
  const serviceAccounts = bucketClients[args.signal];
  const role = new aws.iam.Role(
    `${name}-role`,
    {
      name: bucket,
      description: `Opens the bucket ${bucket} for the programs in ${namespace} of ${cluster}`,
      assumeRolePolicy: podTrust({ cluster, namespace, serviceAccounts }),
    },
    { parent },
  );
  const rights = new aws.iam.RolePolicy(
    `${name}-rights`,
    { name: "bucket", role: role.name, policy },
    { parent },
  );
  const associations = serviceAccounts.map(
    (serviceAccount) =>
      new aws.eks.PodIdentityAssociation(
        `${name}-${serviceAccount}`,
        { clusterName: cluster, namespace, serviceAccount, roleArn: role.arn, region },
        { parent },
      ),
  );
  return { keys: pulumi.output(undefined), needed: [rights, ...associations] };
}

/** A user that can do nothing but use the bucket, with one key. */
function accessKey(name: string, { bucket, policy, parent }: IdentityArgs): Access {
  const user = new aws.iam.User(`${name}-user`, { name: bucket }, { parent });
  const rights = new aws.iam.UserPolicy(
    `${name}-rights`,
    { name: "bucket", user: user.name, policy },
    { parent },
  );
  const key = new aws.iam.AccessKey(`${name}-key`, { user: user.name }, { parent });
  return {
    keys: pulumi.output({ accessKey: key.id, secretKey: pulumi.secret(key.secret) }),
    needed: [rights],
  };
}
