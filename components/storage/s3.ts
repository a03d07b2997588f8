import * as pulumi from "@pulumi/pulumi";
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
  /** Access key, secret. */
  readonly accessKey: pulumi.Input<string>;
  /** Secret key. */
  readonly secretKey: pulumi.Input<string>;
}

export class S3Store extends pulumi.ComponentResource implements ObjectStore {
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: S3StoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:storage:S3Store", name, {}, opts);
    this.secretName = pulumi.output(args.bucket);
    this.registerOutputs({ secretName: this.secretName });
  }
}
