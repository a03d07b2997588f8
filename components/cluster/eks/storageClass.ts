/** Volumes of claims on EKS: encrypted, and kept when the claim goes. */
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { tagsOf } from "./tags";

/** https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md */
export const storageClass = (
  name: string,
  cluster: string,
  opts: pulumi.CustomResourceOptions,
): kubernetes.storage.v1.StorageClass =>
  new kubernetes.storage.v1.StorageClass(
    name,
    {
      metadata: {
        name: "gp3",
        annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
      },
      provisioner: "ebs.csi.aws.com",
      parameters: {
        type: "gp3",
        encrypted: "true",
        "csi.storage.k8s.io/fstype": "ext4",
        ...tagParameters(cluster),
      },
      // A volume is of one zone: it is made where its pod goes.
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
      reclaimPolicy: "Retain",
    },
    opts,
  );

const tagParameters = (cluster: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(tagsOf(cluster)).map(([key, value], i) => [
      `tagSpecification_${i + 1}`,
      `${key}=${value}`,
    ]),
  );
