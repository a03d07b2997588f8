/** A bucket of any S3 service: AWS, a cloud's own, Ceph. It must exist; only its configuration is made here. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { bucketSecret, s3Config } from "./bucketConfig";
import type { ObjectStore, Signal } from "./objectStore";

export interface S3StoreArgs {
  /** Namespace of the platform. */
  readonly namespace: pulumi.Input<string>;
  /** What the bucket holds. */
  readonly signal: Signal;
  /** Host, and port unless 443, of the S3 API. */
  readonly endpoint: string;
  /** Region to sign requests for. */
  readonly region: string;
  /** Name of the bucket. It must exist, private and encrypted. */
  readonly bucket: string;
  /** Access key with the right to list, read, write and delete objects of the bucket. */
  readonly accessKey: pulumi.Input<string>;
  /** Secret key to it. */
  readonly secretKey: pulumi.Input<string>;
  /** PEM of the private CA that signs the service's certificate. Default: a public one does. */
  readonly caCertificate?: string | undefined;
}

export class S3Store extends pulumi.ComponentResource implements ObjectStore {
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: S3StoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:storage:S3Store", name, {}, opts);
    const { namespace, signal, endpoint, region, bucket, caCertificate: certificatePem } = args;
    const privateCa = certificatePem !== undefined;
    const secret = new kubernetes.core.v1.Secret(
      `${name}-config`,
      bucketSecret({
        namespace,
        signal,
        config: pulumi
          .all([args.accessKey, pulumi.secret(args.secretKey)])
          .apply(([accessKey, secretKey]) =>
            s3Config({ endpoint, region, bucket, keys: { accessKey, secretKey }, privateCa }),
          ),
        certificatePem,
      }),
      { parent: this },
    );
    this.secretName = secret.metadata.name;
    this.registerOutputs({ secretName: this.secretName });
  }
}
