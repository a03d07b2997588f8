/** Rights on buckets in AWS, as texts. They are written from names alone, so that a preview knows them and the policy pack can judge them. */

/** AWS is three clouds that know nothing of each other. Of a region: the name in ARNs, and the domain of its APIs. */
export function partitionOf(region: string): { readonly name: string; readonly domain: string } {
  if (region.startsWith("cn-")) return { name: "aws-cn", domain: "amazonaws.com.cn" };
  if (region.startsWith("us-gov-")) return { name: "aws-us-gov", domain: "amazonaws.com" };
  return { name: "aws", domain: "amazonaws.com" };
}

/** Host of the region's S3 API. */
export const s3Endpoint = (region: string): string => `s3.${region}.${partitionOf(region).domain}`;

export const bucketArn = (bucket: string, region: string): string =>
  `arn:${partitionOf(region).name}:s3:::${bucket}`;

export interface BucketRightsArgs {
  readonly bucket: string;
  readonly region: string;
  /** ARN of the KMS key that encrypts it. Default: S3's own key, which asks for no right. */
  readonly kmsKey?: string | undefined;
}

/**
 * What a client of the bucket may do: list, read, write, delete. A deletion leaves the version, and no right to delete versions is given:
 * whoever steals the credential cannot destroy what is stored.
 */
export const bucketRights = ({ bucket, region, kmsKey }: BucketRightsArgs): string =>
  policy(
    { Action: ["s3:ListBucket"], Resource: [bucketArn(bucket, region)] },
    {
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
      Resource: [`${bucketArn(bucket, region)}/*`],
    },
    ...(kmsKey === undefined ? [] : [{ Action: ["kms:GenerateDataKey", "kms:Decrypt"], Resource: [kmsKey] }]),
  );

/** Pods on EKS by whom they run as; the agent on their node tells. */
export interface PodsOfCluster {
  readonly cluster: string;
  readonly namespace: string;
  readonly serviceAccounts: readonly string[];
}

/**
 * Who may take the role: these pods, by EKS Pod Identity.
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
 */
export const podTrust = ({ cluster, namespace, serviceAccounts }: PodsOfCluster): string =>
  policy({
    Principal: { Service: "pods.eks.amazonaws.com" },
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Condition: {
      StringEquals: {
        "aws:RequestTag/eks-cluster-name": cluster,
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": serviceAccounts,
      },
    },
  });

const policy = (...allowed: readonly object[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: allowed.map((statement) => ({ Effect: "Allow", ...statement })),
  });
