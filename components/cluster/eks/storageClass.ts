/** Volumes of claims on EKS: encrypted, and kept when the claim goes. */
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md */
export const storageClass = (
  name: string,
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
      parameters: { type: "gp3", encrypted: "true", "csi.storage.k8s.io/fstype": "ext4" },
      // A volume is of one zone: it is made where its pod goes.
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
      reclaimPolicy: "Retain",
    },
    opts,
  );
