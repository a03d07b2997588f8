/** `moat:cluster` of kind `magnum`: a cluster that OpenStack's own service makes and keeps. */
import { z } from "zod";
import { versions } from "../versions";
import {
  dnsLabel,
  gibibytes,
  nameServers,
  openstackCredentials,
  publicKey,
  range,
  serverCount,
  text,
  uuid,
} from "./fields";

const nodeGroup = z.strictObject({
  flavor: text.describe("Name of their flavour"),
  count: z
    .int()
    .min(1, { error: "must be 1 or more" })
    .max(200, { error: "must be 200 or less" })
    .default(3)
    .describe("How many"),
});

export const magnumCluster = z.strictObject({
  kind: z
    .literal("magnum")
    .describe(
      "A cluster of OpenStack's service Magnum, which this environment asks for. Credentials come from `OS_*` variables or `cloud`",
    ),
  ...openstackCredentials,
  externalNetwork: uuid.describe("Id of the network outside, which gives floating IPs"),
  image: uuid.describe(
    "Image of all nodes, by its id. With the driver k8s_capi_helm its property `kube_version` decides which Kubernetes runs, and must be that of `kubernetes`",
  ),
  kubernetes: z
    .string()
    .regex(/^v1\.\d+\.\d+$/, { error: "must be a version of Kubernetes such as v1.34.4" })
    .default(`v${versions.kubernetes}`)
    .meta({ title: "version" })
    .describe("Kubernetes, as the label `kube_tag` has it. Another one upgrades the cluster in place"),
  imagePrefix: text
    .optional()
    .describe(
      "Registry and folder that the cluster's own images come from, such as `registry.example.org/magnum`. Default: the driver's choice",
    ),
  cidr: range.default("10.0.0.0/24").describe("Addresses of the nodes: a subnet of its own"),
  dnsServers: nameServers.describe("Name servers of the nodes. Default: Magnum's, which may be public ones"),
  adminCidrs: z
    .array(range)
    .min(1, { error: "must name at least one range: that from which `pulumi up` is run" })
    .describe(
      "Who reaches the Kubernetes API: address ranges outside, that of Magnum's management cluster among them. Never everybody",
    ),
  apiFloatingIp: z
    .boolean()
    .default(true)
    .describe(
      "A floating IP for the Kubernetes API. Without it `pulumi up` must run where the nodes' network is reached",
    ),
  loadBalancers: z
    .enum(["amphora", "ovn"])
    .default("amphora")
    .describe("Octavia's provider of load balancers. That of OVN does not hold clients to `adminCidrs`"),
  sshPublicKey: publicKey.optional().describe("Key for SSH to the nodes. Default: none, and nobody logs in"),
  bootVolume: gibibytes.default(50).describe("Volume that each node starts from; it goes with the node"),
  volumeType: text.optional().describe("Type of all volumes. Default: the cloud's choice"),
  servers: z
    .strictObject({
      count: serverCount,
      flavor: text.describe("Name of their flavour; 2 CPU and 4 GiB at least"),
      etcdVolume: gibibytes.default(20).describe("Volume with etcd; it goes with the cluster"),
    })
    .describe("Nodes of the control plane, which run nothing else"),
  agents: nodeGroup.describe("Nodes that run the workloads"),
  nodeGroups: z
    .record(dnsLabel(40), nodeGroup)
    .default({})
    .describe("Further groups of nodes for workloads, by name"),
  createTimeout: z
    .int()
    .min(15, { error: "must be 15 or more" })
    .max(360, { error: "must be 360 or less" })
    .default(60)
    .meta({ title: "minutes" })
    .describe("Minutes after which Magnum gives a cluster up that is not complete"),
  protect: z
    .boolean()
    .default(true)
    .describe("Makes Pulumi refuse to delete or replace the cluster, and keep it in the cloud"),
});

export type MagnumClusterConfig = z.output<typeof magnumCluster>;
