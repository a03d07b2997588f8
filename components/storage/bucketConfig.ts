/** A bucket's configuration as Thanos takes it: https://thanos.io/tip/thanos/storage.md/#s3 */
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { programLabels } from "../names";
import { objectStoreConfigFile, objectStoreMount } from "./objectStore";

export interface Bucket {
  /** Host, and port unless 443. HTTPS always. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** `path`: the bucket is the first part of the path, as servers without a wildcard DNS name want it. Default: found out. */
  readonly lookup?: "path";
  /** The server's certificate is of a private CA, which lies beside the configuration. */
  readonly privateCa?: boolean;
}

/** Name of the CA's certificate in the secret. */
export const caFile = "ca.crt";

/** The content of `objstore.yml`. `folder` is where the programs see it. */
export const bucketConfig = (bucket: Bucket, folder = objectStoreMount): string =>
  stringify({
    type: "S3",
    config: {
      bucket: bucket.bucket,
      endpoint: bucket.endpoint,
      region: bucket.region,
      access_key: bucket.accessKey,
      secret_key: bucket.secretKey,
      insecure: false,
      ...(bucket.lookup !== undefined && { bucket_lookup_type: bucket.lookup }),
      ...(bucket.privateCa && { http_config: { tls_config: { ca_file: `${folder}/${caFile}` } } }),
    },
  });

/** The Secret that `ObjectStore.secretName` promises. */
export const bucketSecret = (
  namespace: pulumi.Input<string>,
  bucket: pulumi.Inputs & { [K in keyof Bucket]: pulumi.Input<NonNullable<Bucket[K]>> },
  certificatePem?: pulumi.Input<string>,
): kubernetes.core.v1.SecretArgs => ({
  metadata: { name: secretName, namespace, labels: programLabels(secretName) },
  stringData: {
    [objectStoreConfigFile.slice(objectStoreMount.length + 1)]: pulumi
      .output(bucket)
      .apply((b) => bucketConfig(b)),
    ...(certificatePem !== undefined && { [caFile]: certificatePem }),
  },
});

const secretName = "object-store";
