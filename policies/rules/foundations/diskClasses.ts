import type { Rule } from "../../rule";
import { cloud } from "../../samples";

const type = "kubernetes:storage.k8s.io/v1:StorageClass";
const storageClass = (parameters: object, provisioner = "ebs.csi.aws.com") =>
  cloud(type, { provisioner, parameters });

export const diskClasses: Rule = {
  id: "S1n",
  title: "Storage classes of EBS make encrypted volumes",
  why: "Volumes of Prometheus hold the samples of all tenants for days, and stay in the account when a claim is gone.",
  severity: "medium",
  references: ["https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md"],
  scope: "everywhere",
  on: [type],
  validations: [
    {
      expression: `!(object.provisioner in ["ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com", "kubernetes.io/aws-ebs"])
        || object.?parameters.?encrypted.orValue("false") == "true"`,
      message: 'Set parameters.encrypted to "true".',
    },
  ],
  samples: {
    good: [
      storageClass({ type: "gp3", encrypted: "true" }),
      storageClass({}, "cinder.csi.openstack.org"),
      cloud(type, { provisioner: "rancher.io/local-path" }),
    ],
    bad: [
      storageClass({ type: "gp3" }),
      storageClass({ encrypted: "false" }),
      storageClass({}, "kubernetes.io/aws-ebs"),
      cloud(type, { provisioner: "ebs.csi.aws.com" }),
    ],
  },
};
