/** `moat:cluster` of kind `eks`: what is taken, and every mistake with its place, reason and mend. */
import { amiTypeOf, architectureOf, disksOf } from "../../../../components/cluster/eks/machines";
import { checkConfig } from "../../../../config";
import { clusterConfig, leastCluster } from "../../../support/eksCluster";

const least = { clusterName: "prod", objectStore: { kind: "inCluster" }, edge: { domain: "example.org" } };

/** Problems as `path: reason → mend`, of a cluster with the changes. No kubeconfig is at hand. */
function problems(changes: object, others: object = {}): string[] {
  const raw = { ...least, ...others, cluster: { ...leastCluster, ...changes } };
  const checked = checkConfig(raw, { KUBECONFIG: "/nowhere" });
  return "problems" in checked ? checked.problems.map((p) => `${p.path}: ${p.reason} → ${p.mend}`) : [];
}

test("the least is taken, with no kubeconfig anywhere", () => {
  expect(problems({})).toEqual([]);
});

test("defaults: a private network, a NAT gateway in each zone, Bottlerocket, everything protected", () => {
  expect(clusterConfig({ publicAccessCidrs: [] })).toMatchObject({
    cidr: "10.60.0.0/16",
    serviceCidr: "172.20.0.0/16",
    adminCidrs: [],
    publicAccessCidrs: [],
    natGateways: "perZone",
    logRetentionDays: 90,
    nodes: { system: "bottlerocket", instanceTypes: ["m7i.xlarge"], perZone: 1, volume: 100 },
    protect: true,
  });
});

const transitGateway = "tgw-0123456789abcdef0";
const podIdentity = (region: string, cluster: string) => ({
  objectStore: { kind: "aws", region, bucketPrefix: "b", identity: { type: "podIdentity", cluster } },
});

test.each<[string, object, object, string | RegExp]>([
  ["no administrator", { administrators: [] }, {}, /administrators: a list must name at least one/],
  [
    "a session in place of a role",
    { administrators: ["arn:aws:sts::123456789012:assumed-role/platform/ada"] },
    {},
    /administrators\[0\]: .* must be the ARN of a role or user/,
  ],
  ["one zone", { zones: ["eu-central-1a"] }, {}, /zones: a list must name 2 or 3 zones/],
  [
    "a zone twice",
    { zones: ["eu-central-1a", "eu-central-1a"] },
    {},
    'moat:cluster.zones: names "eu-central-1a" twice → name every zone once: each has its own subnets',
  ],
  [
    "a zone of another region",
    { zones: ["eu-central-1a", "eu-west-1b"] },
    {},
    'moat:cluster.zones: "eu-west-1b" is no zone of eu-central-1 → name zones such as eu-central-1a',
  ],
  ["everybody on the internet", { publicAccessCidrs: ["0.0.0.0/0"] }, {}, /0.0.0.0\/0 is almost everybody/],
  [
    "nobody at all",
    { publicAccessCidrs: [] },
    {},
    /adminCidrs: nobody outside the VPC reaches the Kubernetes API, `pulumi up` neither/,
  ],
  [
    "administrators without a way",
    { adminCidrs: ["10.200.0.0/16"] },
    {},
    /transitGateway: is missing, so there is no way from adminCidrs into the VPC/,
  ],
  [
    "administrators with addresses of nodes",
    { adminCidrs: ["10.60.0.0/24"], transitGateway },
    {},
    /adminCidrs: 10.60.0.0\/24 has addresses of cidr, 10.60.0.0\/16/,
  ],
  [
    "Services with addresses of nodes",
    { serviceCidr: "10.60.8.0/24" },
    {},
    /serviceCidr: 10.60.8.0\/24 has addresses of cidr, 10.60.0.0\/16/,
  ],
  ["public Services", { serviceCidr: "198.18.0.0/16" }, {}, /EKS does not take 198.18.0.0\/16/],
  ["few Services", { serviceCidr: "172.20.0.0/25" }, {}, /EKS does not take 172.20.0.0\/25/],
  ["a small VPC", { cidr: "10.60.0.0/24" }, {}, /cidr: \/24 is not between \/16 and \/20/],
  [
    "two architectures",
    { nodes: { instanceTypes: ["m7i.large", "m7g.large"] } },
    {},
    /nodes.instanceTypes: m7i.large and m7g.large are not of one architecture/,
  ],
  ["a retention of its own", { logRetentionDays: 100 }, {}, /logRetentionDays: .* must be one of 1, 3, 5/],
  [
    "a name that leaves roles no room",
    {},
    { clusterName: "c".repeat(41) },
    /clusterName: has 41 characters, and names of roles in AWS begin with it/,
  ],
  [
    "ports of nodes",
    {},
    { edge: { domain: "example.org", service: { type: "nodePort", http: 30080, https: 30443 } } },
    /edge.service.type: nodes on EKS have no public addresses/,
  ],
  [
    "a store for pods of another cluster",
    {},
    podIdentity("eu-central-1", "other"),
    "moat:objectStore.identity.cluster: is other, but the environment's own cluster is prod → set prod",
  ],
  [
    "an external-dns of another cluster",
    {},
    {
      dns: {
        kind: "externalDns",
        install: { zoneId: "Z0123456789ABCDEFGHIJ", identity: { type: "podIdentity", cluster: "other" } },
      },
    },
    "moat:dns.install.identity.cluster: is other, but the environment's own cluster is prod → set prod",
  ],
  [
    "a store elsewhere",
    {},
    podIdentity("eu-west-1", "prod"),
    /objectStore.region: eu-west-1 is not the cluster's region/,
  ],
])("%s", (_, changes, others, expected) => {
  const found = problems(changes, others);
  expect(found).toEqual([typeof expected === "string" ? expected : expect.stringMatching(expected)]);
});

test("a private API alone is taken, behind a transit gateway", () => {
  expect(problems({ publicAccessCidrs: [], adminCidrs: ["10.200.0.0/16"], transitGateway })).toEqual([]);
});

test("a store for the environment's own pods is taken", () => {
  expect(problems({}, podIdentity("eu-central-1", "prod"))).toEqual([]);
});

test.each([
  ["m7i.xlarge", "x86_64"],
  ["m7g.xlarge", "arm64"],
  ["c7gn.2xlarge", "arm64"],
  ["im4gn.large", "arm64"],
  ["t4g.small", "arm64"],
  ["a1.large", "arm64"],
  ["g5.xlarge", "x86_64"],
  ["g5g.xlarge", "arm64"],
  ["g4dn.xlarge", "x86_64"],
  ["u7i-12tb.224xlarge", "x86_64"],
])("%s is of %s", (type, expected) => {
  expect(architectureOf(type)).toBe(expected);
});

test.each([
  ["bottlerocket", ["m7i.large"], "BOTTLEROCKET_x86_64", ["/dev/xvda 4", "/dev/xvdb 50"]],
  ["bottlerocket", ["m7g.large"], "BOTTLEROCKET_ARM_64", ["/dev/xvda 4", "/dev/xvdb 50"]],
  ["al2023", ["m7i.large"], "AL2023_x86_64_STANDARD", ["/dev/xvda 50"]],
  ["al2023", ["m7g.large"], "AL2023_ARM_64_STANDARD", ["/dev/xvda 50"]],
] as const)("%s on %s is %s with disks %s", (system, types, image, disks) => {
  const { nodes } = clusterConfig({ nodes: { system, instanceTypes: [...types], volume: 50 } });
  expect(amiTypeOf(nodes)).toBe(image);
  expect(disksOf(nodes).map(({ device, gibibytes }) => `${device} ${gibibytes}`)).toEqual(disks);
});
