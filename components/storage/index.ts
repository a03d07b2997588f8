/** The object store that the configuration asks for. */
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../config";
import { signingRegion } from "../../config/s3Region";
import type { PrivateCa } from "../trust/privateCa";
import { AwsStore } from "./aws";
import { InClusterStore } from "./inCluster";
import type { ObjectStore, Signal } from "./objectStore";
import { S3Store } from "./s3";
import { SwiftStore } from "./swift";

export interface ObjectStoreArgs {
  readonly config: EnvironmentConfig;
  /** What is kept in it. */
  readonly signal: Signal;
  /** Authority of the certificate of a store in the cluster. */
  readonly ca: PrivateCa;
}

export function objectStoreFor(
  name: string,
  { config, signal, ca }: ObjectStoreArgs,
  opts: pulumi.ComponentResourceOptions,
): ObjectStore & pulumi.Resource {
  const { objectStore, platformNamespace: namespace, size, storageClass } = config;
  switch (objectStore.kind) {
    case "inCluster":
      return new InClusterStore(
        name,
        {
          namespace,
          signal,
          bucket: objectStore.bucket,
          storage: objectStore.storage,
          storageClass,
          size,
          ca,
          protectData: objectStore.protect,
        },
        opts,
      );
    case "s3": {
      const secrets = new pulumi.Config("moat");
      return new S3Store(
        name,
        {
          namespace,
          signal,
          endpoint: objectStore.endpoint,
          region: signingRegion(objectStore),
          bucket: objectStore.bucket,
          accessKey: secrets.requireSecret("objectStoreAccessKey"),
          secretKey: secrets.requireSecret("objectStoreSecretKey"),
          caCertificate: objectStore.caCertificate,
        },
        opts,
      );
    }
    case "aws":
      return new AwsStore(
        name,
        { ...objectStore, namespace, signal, protectData: objectStore.protect },
        opts,
      );
    case "swift":
      return new SwiftStore(
        name,
        { ...objectStore, namespace, signal, protectData: objectStore.protect },
        opts,
      );
  }
}
