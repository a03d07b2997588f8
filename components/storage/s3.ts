/** A bucket of any S3 service: AWS, a cloud's own, Ceph. It must exist; only its configuration is made here. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { bucketSecret } from "./bucketConfig";
import type { ObjectStore } from "./objectStore";

export interface S3StoreArgs {
  /** Namespace of the platform. */
  readonly namespace: pulumi.Input<string>;
  /** Host, and port unless 443, of the S3 API. */
  readonly endpoint: string;
  /** Region to sign requests for. */
  readonly region: string;
  /** Bucket for metric blocks. Must exist, private and encrypted. */
  readonly bucket: string;
  /** Access key with the right to list, read, write and delete objects of the bucket. */
  readonly accessKey: pulumi.Input<string>;
  /** Secret key to it. */
  readonly secretKey: pulumi.Input<string>;
}

export class S3Store extends pulumi.ComponentResource implements ObjectStore {
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: S3StoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:storage:S3Store", name, {}, opts);
    const { namespace, endpoint, region, bucket, accessKey, secretKey } = args;
    const secret = new kubernetes.core.v1.Secret(
      `${name}-config`,
      bucketSecret(namespace, { endpoint, region, bucket, accessKey, secretKey: pulumi.secret(secretKey) }),
      { parent: this },
    );
    this.secretName = secret.metadata.name;
    this.registerOutputs({ secretName: this.secretName });
  }
}
