/** A bucket's configuration as Thanos takes it: https://thanos.io/tip/thanos/storage.md/ */
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { programLabels } from "../names";
import { objectStoreConfigFile, objectStoreMount, type Signal, secretNames } from "./objectStore";

/** A bucket behind an S3 API. */
export interface S3Bucket {
  /** Host, and port unless 443. HTTPS always. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Default: none, as the platform hands out credentials that expire, where the AWS SDK finds them. */
  readonly keys?: { readonly accessKey: string; readonly secretKey: string };
  /** `path`: the bucket is the first part of the path, as servers without a wildcard DNS name want it. Default: found out. */
  readonly lookup?: "path";
  /** The server's certificate is of a private CA, which lies beside the configuration. */
  readonly privateCa?: boolean;
}

/** A container behind Swift's own API, opened with an application credential. */
export interface SwiftContainer {
  /** Keystone, with its version: `https://keystone.example.org:5000/v3`. */
  readonly authUrl: string;
  /** Region in Keystone's catalogue. Default: the first. */
  readonly region?: string | undefined;
  readonly container: string;
  readonly credentialId: string;
  readonly credentialSecret: string;
  /** Objects of so many bytes or more are sent in pieces of that size. */
  readonly largeObjectSize: number;
  /** Manifests that name a prefix instead of a list of pieces. */
  readonly dynamicLargeObjects: boolean;
  /** Both services' certificates are of a private CA, which lies beside the configuration. */
  readonly privateCa?: boolean;
}

/** Name of the CA's certificate in the secret. */
export const caFile = "ca.crt";

/** The content of `objstore.yml` for an S3 API. `folder` is where the programs see it. */
export const s3Config = (bucket: S3Bucket, folder = objectStoreMount): string =>
  stringify({
    type: "S3",
    config: {
      bucket: bucket.bucket,
      endpoint: bucket.endpoint,
      region: bucket.region,
      ...(bucket.keys === undefined
        ? { aws_sdk_auth: true }
        : { access_key: bucket.keys.accessKey, secret_key: bucket.keys.secretKey }),
      insecure: false,
      ...(bucket.lookup !== undefined && { bucket_lookup_type: bucket.lookup }),
      ...trust(bucket, folder),
    },
  });

/**
 * The content of `objstore.yml` for Swift's own API. Pieces of large objects stand in the same container below `segments/`, so they are
 * kept, counted and lost together.
 */
export const swiftConfig = (container: SwiftContainer, folder = objectStoreMount): string =>
  stringify({
    type: "SWIFT",
    config: {
      auth_url: container.authUrl,
      ...(container.region !== undefined && { region_name: container.region }),
      application_credential_id: container.credentialId,
      application_credential_secret: container.credentialSecret,
      container_name: container.container,
      large_object_chunk_size: container.largeObjectSize,
      use_dynamic_large_objects: container.dynamicLargeObjects,
      ...trust(container, folder),
    },
  });

const trust = ({ privateCa }: { readonly privateCa?: boolean }, folder: string) =>
  privateCa ? { http_config: { tls_config: { ca_file: `${folder}/${caFile}` } } } : {};

export interface BucketSecretArgs {
  /** Namespace of the platform. */
  readonly namespace: pulumi.Input<string>;
  /** What the bucket holds. */
  readonly signal: Signal;
  /** Content of `objstore.yml`. */
  readonly config: pulumi.Input<string>;
  /** Certificate of the private CA that the configuration refers to. Default: none. */
  readonly certificatePem?: pulumi.Input<string> | undefined;
}

/** The Secret that `ObjectStore.secretName` promises. */
export const bucketSecret = (args: BucketSecretArgs): kubernetes.core.v1.SecretArgs => {
  const name = secretNames[args.signal];
  return {
    metadata: { name, namespace: args.namespace, labels: programLabels(name) },
    stringData: {
      [objectStoreConfigFile.slice(objectStoreMount.length + 1)]: args.config,
      ...(args.certificatePem !== undefined && { [caFile]: args.certificatePem }),
    },
  };
};
