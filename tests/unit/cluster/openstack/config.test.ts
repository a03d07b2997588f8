/** `moat:cluster` of kind `openstack`: what is taken, and every mistake with its place, reason and mend. */
import { apiRanges } from "../../../../components/cluster/apiRanges";
import { checkConfig } from "../../../../config";
import { certificateOf, clusterConfig, leastCluster } from "../../../support/openstackCluster";

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

test("defaults: three servers, three agents, Octavia, no bastion, protected volumes", () => {
  expect(clusterConfig()).toMatchObject({
    zones: ["nova"],
    cidr: "10.40.0.0/20",
    servers: { count: 3, bootVolume: 20, dataVolume: 20, antiAffinity: "strict" },
    agents: { count: 3, bootVolume: 50, antiAffinity: "soft" },
    loadBalancer: true,
    loadBalancerProvider: "amphora",
    protect: true,
  });
  expect(clusterConfig().bastion).toBeUndefined();
});

const docs = "docs/config.md has its meaning, unit and default";

test.each<[string, object, string | RegExp]>([
  ["no image", { image: undefined }, `moat:cluster.image: is missing → set it; ${docs}`],
  [
    "an image by its name",
    { image: "debian-12" },
    `moat:cluster.image: the text "debian-12" must be an id as OpenStack shows it, such as 3f2b8c1e-0d4a-4b57-9c43-1a2b3c4d5e6f → ${docs}`,
  ],
  [
    "two servers",
    { servers: { flavor: "f", count: 2 } },
    `moat:cluster.servers.count: the value 2 must be 1, 3 or 5: etcd wants a majority → ${docs}`,
  ],
  [
    "no agents",
    { agents: { flavor: "f", count: 0 } },
    `moat:cluster.agents.count: the value 0 must be 1 or more: servers run no workloads → ${docs}`,
  ],
  [
    "nobody who may run pulumi up",
    { adminCidrs: [] },
    "moat:cluster.adminCidrs: a list must name at least one range: that from which `pulumi up` is run → docs/config.md has its meaning, unit and default",
  ],
  [
    "everybody as administrator",
    { adminCidrs: ["192.0.2.0/24", "0.0.0.0/0"] },
    "moat:cluster.adminCidrs: 0.0.0.0/0 is almost everybody → name the ranges of your offices, VPN and build machines",
  ],
  [
    "everybody in two halves",
    { adminCidrs: ["0.0.0.0/1"] },
    "moat:cluster.adminCidrs: 0.0.0.0/1 is almost everybody → name the ranges of your offices, VPN and build machines",
  ],
  [
    "Keystone without TLS",
    { authUrl: "http://keystone.example.org:5000" },
    `moat:cluster.authUrl: the text "http://keystone.example.org:5000" must be an address that begins with https:// → ${docs}`,
  ],
  [
    "pods where machines are",
    { podCidr: "10.40.8.0/24" },
    "moat:cluster.podCidr: 10.40.8.0/24 has addresses of cidr, 10.40.0.0/20 → choose ranges that have no address in common: machines, pods and Services must be told apart",
  ],
  [
    "a range that is too small",
    { cidr: "10.40.0.0/25", agents: { flavor: "f", count: 40 } },
    "moat:cluster.cidr: /25 has room for 32 agents, not 40 → choose a larger range: half of it is for agents, but for 32 addresses",
  ],
  [
    "one zone twice",
    { zones: ["a", "b", "a"] },
    'moat:cluster.zones: names "a" twice → name every zone once: machines are spread evenly',
  ],
  [
    "a bastion for nobody",
    { bastion: { flavor: "f" } },
    "moat:cluster.bastion: nobody could log in, as there is no sshPublicKey → set moat:cluster.sshPublicKey, or leave the bastion out",
  ],
  [
    "a private key for a public one",
    { sshPublicKey: "-----BEGIN OPENSSH PRIVATE KEY-----" },
    /^moat:cluster\.sshPublicKey: .* must be a public key/,
  ],
  [
    "a whole bundle for a private CA",
    { caCertificate: certificateOf(9000) },
    /^moat:cluster\.caCertificate: [\s\S]* must have at most 8192 characters: the authority alone/,
  ],
  [
    "a provider that is not Octavia's",
    { loadBalancerProvider: "f5" },
    /^moat:cluster\.loadBalancerProvider: the text "f5" must be one of: amphora, ovn/,
  ],
  [
    "a key of the other kind",
    { context: "prod" },
    "moat:cluster.context: is not a known key → remove it or correct its spelling; docs/config.md lists all keys",
  ],
  [
    "an unknown kind",
    { kind: "openstak" },
    /^moat:cluster\.kind: the text "openstak" must be one of: existing, openstack, magnum/,
  ],
])("%s is refused in words", (_, changes, expected) => {
  expect(problems(changes)).toEqual([
    typeof expected === "string" ? expected : expect.stringMatching(expected),
  ]);
});

test("an edge that the machines' groups would not let through is refused", () => {
  const edge = {
    domain: "example.org",
    httpsPort: 8443,
    service: { type: "nodePort", http: 30080, https: 30443 },
  };
  expect(problems({}, { edge })).toEqual([
    "moat:edge.service.type: node ports of machines on OpenStack are closed to the world → take loadBalancer: with Octavia, or by k3s itself where moat:cluster.loadBalancer is false",
    "moat:edge.httpsPort: 8443 is closed: on OpenStack only 80 and 443 are open to the world → leave it out, or set 443",
  ]);
});

test("all mistakes are told at once", () => {
  const found = problems({ adminCidrs: ["0.0.0.0/0"], zones: ["a", "a"], bastion: { flavor: "f" } });
  expect(found.map((text) => text.split(":")[1])).toEqual([
    "cluster.adminCidrs",
    "cluster.zones",
    "cluster.bastion",
  ]);
});

test("walls let programs through to the servers, and to nothing else of the cluster", () => {
  expect(apiRanges(clusterConfig())).toEqual(["10.40.0.16/28"]);
  expect(apiRanges({ kind: "existing", apiCidrs: ["192.0.2.0/28"], crds: "ours", checks: true })).toEqual([
    "192.0.2.0/28",
  ]);
});
