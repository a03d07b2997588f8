import * as pulumi from "@pulumi/pulumi";
import type { PrivateCa } from "../edge/privateCa";
import type { Size } from "../workload/sizes";
import type { ObjectStore } from "./objectStore";

export interface InClusterStoreArgs {
  /** Namespace of the platform. */
  readonly namespace: pulumi.Input<string>;
  /** Bucket for metric blocks. */
  readonly bucket: string;
  /** Size of its volume, such as `20Gi`. */
  readonly storage: string;
  /** Storage class of the volume. Default: the cluster's. */
  readonly storageClass?: string | undefined;
  /** Resource requests. */
  readonly size: Size;
  /** Authority of its certificate. */
  readonly ca: PrivateCa;
  /** Keeps the data when the environment is torn down. Default false. */
  readonly protectData?: boolean;
}

export class InClusterStore extends pulumi.ComponentResource implements ObjectStore {
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: InClusterStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:storage:InClusterStore", name, {}, opts);
    this.secretName = pulumi.output(args.bucket);
    this.registerOutputs({ secretName: this.secretName });
  }
}
