/** `moat:cluster` of kind `eks`: a network and an EKS cluster that the environment makes for itself in AWS. */
import { z } from "zod";
import { range } from "./fields";

const gibibytes = z
  .int()
  .min(20, { error: "must be 20 or more" })
  .max(16_384, { error: "must be 16384 or less" })
  .meta({ title: "GiB" });

/** The only values that CloudWatch takes: PutRetentionPolicy of its API reference. */
const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const days = z
  .int()
  .refine((n) => retentions.includes(n), { error: `must be one of ${retentions.join(", ")}` })
  .meta({ title: "days" });

const nodes = z
  .strictObject({
    system: z
      .enum(["bottlerocket", "al2023"])
      .default("bottlerocket")
      .describe(
        "Operating system: `bottlerocket`, read-only and without a shell, or `al2023`, Amazon Linux 2023",
      ),
    instanceTypes: z
      .array(
        z.string().regex(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, { error: "must be an instance type: m7i.xlarge" }),
      )
      .min(1, { error: "must name at least one" })
      .default(["m7i.xlarge"])
      .describe(
        "Types of machine, all of one architecture; AWS takes the first that it has. 2 CPU and 8 GiB at least",
      ),
    perZone: z
      .int()
      .min(1, {
        error: "must be 1 or more: a volume is of one zone, and so must be a node that can mount it",
      })
      .max(100, { error: "must be 100 or less" })
      .default(1)
      .describe("Nodes in each zone"),
    volume: gibibytes
      .default(100)
      .describe("Volume with images and scratch space, encrypted; it goes with the machine"),
    release: z
      .string()
      .min(1, { error: "must not be empty" })
      .optional()
      .describe(
        "Version of the machine image, as `aws eks describe-nodegroup` shows it in `releaseVersion`. Default: the newest when a group is made, and then the same until Kubernetes' version changes",
      ),
  })
  .prefault({});

export const eksCluster = z.strictObject({
  kind: z
    .literal("eks")
    .describe(
      "A network over several zones and an EKS cluster in it, which this environment makes in AWS. Credentials come from `AWS_*` variables or the profile",
    ),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: "must be an AWS region such as eu-central-1" })
    .describe("AWS region, such as `eu-central-1`"),
  zones: z
    .array(z.string().min(1, { error: "must not be empty" }))
    .min(2, { error: "must name 2 or 3 zones: EKS wants at least two" })
    .max(3, { error: "must name 2 or 3 zones" })
    .describe(
      "Availability zones, such as `eu-central-1a`. Each has its subnets and its nodes. The order stays: addresses go by it",
    ),
  cidr: range
    .default("10.60.0.0/16")
    .describe("Addresses of nodes, pods and load balancers: a VPC of its own, /16 to /20"),
  serviceCidr: range
    .default("172.20.0.0/16")
    .describe("Addresses of Services, private ones, /12 to /24. It cannot be changed"),
  adminCidrs: z
    .array(range)
    .default([])
    .describe(
      "Who reaches the private Kubernetes API from outside the VPC: address ranges behind `transitGateway`, that from which `pulumi up` is run among them",
    ),
  transitGateway: z
    .string()
    .regex(/^tgw-[0-9a-f]{8,17}$/, { error: "must be the id of a transit gateway: tgw-0123456789abcdef0" })
    .optional()
    .describe("Transit gateway to `adminCidrs`, to which the VPC is attached. Default: none"),
  publicAccessCidrs: z
    .array(range)
    .default([])
    .describe(
      "Who reaches the Kubernetes API over the internet: address ranges. Default: nobody, and the API has no public address. Never everybody",
    ),
  administrators: z
    .array(
      z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/, {
        error: "must be the ARN of a role or user: arn:aws:iam::123456789012:role/platform",
      }),
    )
    .min(1, { error: "must name at least one: that which runs `pulumi up`" })
    .describe(
      "Roles and users of IAM that administrate the cluster, that which runs `pulumi up` among them: who makes a cluster has no right in it by itself",
    ),
  natGateways: z
    .enum(["perZone", "single"])
    .default("perZone")
    .describe(
      "Ways outside for nodes and pods. `perZone`: the loss of a zone leaves the others theirs. `single`: cheaper, and gone with its zone",
    ),
  flowLogs: z
    .strictObject({ retentionDays: days.default(30).describe("Days for which CloudWatch keeps them") })
    .optional()
    .describe("Records of every connection in the VPC, in CloudWatch. Default: none"),
  logRetentionDays: days
    .default(90)
    .describe("Days for which CloudWatch keeps the control plane's logs, audit among them"),
  nodes: nodes.describe("Machines that run the workloads: a managed group in each zone"),
  protect: z
    .boolean()
    .default(true)
    .describe(
      "Makes Pulumi and AWS refuse to delete the cluster, and keeps the key of its Secrets, which no backup can be read without",
    ),
});

export type EksClusterConfig = z.output<typeof eksCluster>;
