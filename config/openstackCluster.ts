/** `moat:cluster` of kind `openstack`: machines, network and load balancer that the environment makes for itself. */
import { z } from "zod";
import {
  certificatePem,
  gibibytes,
  nameServers,
  openstackCredentials,
  publicKey,
  range,
  serverCount,
  text,
  uuid,
} from "./fields";

const antiAffinity = z.enum(["strict", "soft"]);
const placement =
  "`strict`: never two of them on one host, and none at all where hosts are lacking; `soft`: as far as it goes";

const servers = z
  .strictObject({
    count: serverCount,
    flavor: text.describe("Name of their flavour; 2 CPU and 4 GiB at least"),
    bootVolume: gibibytes.default(20).describe("Volume that they start from; it goes with the machine"),
    dataVolume: gibibytes
      .default(20)
      .describe("Volume with etcd and the keys of the cluster; it outlives the machine"),
    antiAffinity: antiAffinity.default("strict").describe(placement),
  })
  .describe("Machines of the control plane, which run nothing else");

const agents = z
  .strictObject({
    count: z
      .int()
      .min(1, { error: "must be 1 or more: servers run no workloads" })
      .max(200, { error: "must be 200 or less" })
      .default(3)
      .describe("How many"),
    flavor: text.describe("Name of their flavour"),
    bootVolume: gibibytes
      .default(50)
      .describe("Volume that they start from, with images and scratch space; it goes with the machine"),
    antiAffinity: antiAffinity.default("soft").describe(placement),
  })
  .describe("Machines that run the workloads");

export const openstackCluster = z.strictObject({
  kind: z
    .literal("openstack")
    .describe(
      "Virtual machines with k3s, which this environment makes on OpenStack. Credentials come from `OS_*` variables or `cloud`",
    ),
  ...openstackCredentials,
  authUrl: z
    .url({ protocol: /^https$/, error: "must be an address that begins with https://" })
    .describe("Address of Keystone, as the machines reach it: the cluster's controllers log in there"),
  // It goes into user data, which has an end.
  caCertificate: certificatePem
    .max(8192, { error: "must have at most 8192 characters: the authority alone, not a whole bundle" })
    .optional()
    .describe(
      "PEM of the private CA that signs the certificates of the cloud's APIs, which the cluster's controllers trust alone. Pulumi itself reads `OS_CACERT`, or `cacert` in clouds.yaml. Default: a public CA does",
    ),
  externalNetwork: z
    .strictObject({
      id: uuid.describe("Its id"),
      name: text.describe("Its name"),
    })
    .describe("Network outside, which gives floating IPs"),
  image: uuid.describe(
    "Image of all machines, by its id, as names may move: Linux with systemd, cloud-init, WireGuard and nftables, such as Debian 12 or Ubuntu 24.04",
  ),
  zones: z
    .array(text)
    .min(1, { error: "must name at least one zone" })
    .default(["nova"])
    .describe("Availability zones, over which the machines of each role are spread in turn"),
  volumeZone: text
    .optional()
    .describe("Availability zone of all volumes. Default: that of the machine, by the same name"),
  volumeType: text.optional().describe("Type of all volumes. Default: the cloud's default"),
  cidr: range.default("10.40.0.0/20").describe("Addresses of the machines: a subnet of its own, /12 to /25"),
  podCidr: range.default("10.42.0.0/16").describe("Addresses of pods"),
  serviceCidr: range.default("10.43.0.0/16").describe("Addresses of Services"),
  dnsServers: nameServers.describe(
    "Name servers of the machines, reached through the router. Without any, the cloud's network says which; with OVN these may be the resolvers of Neutron's own host, which no machine reaches, so name some there",
  ),
  adminCidrs: z
    .array(range)
    .min(1, { error: "must name at least one range: that from which `pulumi up` is run" })
    .describe(
      "Who reaches the Kubernetes API, and SSH of the bastion: address ranges outside. Never everybody",
    ),
  sshPublicKey: publicKey
    .optional()
    .describe("Key for SSH to the machines, through the bastion. Default: none, and nobody logs in"),
  servers,
  agents,
  loadBalancer: z
    .boolean()
    .default(true)
    .describe(
      "Octavia load balancers before the Kubernetes API and the edge. Without them the API has a floating IP on the first server, the edge one on the first agent of each zone",
    ),
  loadBalancerProvider: z
    .enum(["amphora", "ovn"])
    .default("amphora")
    .describe(
      "Octavia's provider of these load balancers. That of OVN holds nobody to `adminCidrs`, so with `ovn` only the edge has one: the API has a floating IP on the first server, where security groups do",
    ),
  bastion: z
    .strictObject({ flavor: text.describe("Name of its flavour; the smallest does that has a disk") })
    .optional()
    .describe("A machine for SSH to the others. Default: none"),
  roles: z
    .array(text)
    .min(1, { error: "must name at least one role" })
    .optional()
    .describe(
      "Roles of the application credential that the cluster's controllers use, out of those of the user who runs `pulumi up`. Default: `member`, and `load-balancer_member` with `loadBalancer`",
    ),
  releases: z
    .url({ protocol: /^https$/, error: "must be an address that begins with https://" })
    .default("https://github.com/k3s-io/k3s/releases/download")
    .describe("Where machines get k3s: its releases, or a mirror with the same folders"),
  protect: z
    .boolean()
    .default(true)
    .describe(
      "Makes Pulumi refuse to delete or replace the servers' data volumes, and keep them in the cloud",
    ),
});

export type OpenStackClusterConfig = z.output<typeof openstackCluster>;
