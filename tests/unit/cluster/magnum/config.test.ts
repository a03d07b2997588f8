/** `moat:cluster` of kind `magnum`: what is taken, and every mistake with its place, reason and mend. */
import { apiRanges } from "../../../../components/cluster/apiRanges";
import { checkConfig } from "../../../../config";
import { leastMagnum, magnumConfig } from "../../../support/magnumCluster";

const least = { clusterName: "prod", objectStore: { kind: "inCluster" }, edge: { domain: "example.org" } };

/** Problems as `path: reason → mend`, of a cluster with the changes. No kubeconfig is at hand. */
function problems(changes: object, others: object = {}): string[] {
  const raw = { ...least, ...others, cluster: { ...leastMagnum, ...changes } };
  const checked = checkConfig(raw, { KUBECONFIG: "/nowhere" });
  return "problems" in checked ? checked.problems.map((p) => `${p.path}: ${p.reason} → ${p.mend}`) : [];
}

test("the least is taken, with no kubeconfig anywhere", () => {
  expect(problems({})).toEqual([]);
});

const docs = "docs/config.md has its meaning, unit and default";

test.each<[string, object, string]>([
  ["no image", { image: undefined }, `moat:cluster.image: is missing → set it; ${docs}`],
  [
    "a Kubernetes without admission policies",
    { kubernetes: "v1.28.9" },
    "moat:cluster.kubernetes: Kubernetes v1.28.9 is older than 1.30, which brought the admission policies that hold tenants to the rules → take 1.30 or later; 1.34 is tried",
  ],
  [
    "a version without its v",
    { kubernetes: "1.34.4" },
    `moat:cluster.kubernetes: the text "1.34.4" must be a version of Kubernetes such as v1.34.4 → ${docs}`,
  ],
  [
    "everybody as administrator",
    { adminCidrs: ["0.0.0.0/0"] },
    "moat:cluster.adminCidrs: 0.0.0.0/0 is almost everybody → name the ranges of your offices, VPN and build machines",
  ],
  [
    "a load balancer that refuses nobody",
    { loadBalancers: "ovn" },
    "moat:cluster.loadBalancers: OVN's load balancers let everybody to a floating IP, whatever adminCidrs says → take amphora, or set moat:cluster.apiFloatingIp to false and run pulumi inside",
  ],
  [
    "a group with a name of Magnum's",
    { nodeGroups: { "default-worker": { flavor: "f" } } },
    "moat:cluster.nodeGroups.default-worker: Magnum itself has a group of this name → choose another name; the first groups are `servers` and `agents`",
  ],
  [
    "a key of the other kind",
    { bastion: { flavor: "f" } },
    "moat:cluster.bastion: is not a known key → remove it or correct its spelling; docs/config.md lists all keys",
  ],
])("%s is refused in words", (_, changes, expected) => {
  expect(problems(changes)).toEqual([expected]);
});

test("node ports are refused: nobody would reach them", () => {
  const edge = { domain: "example.org", service: { type: "nodePort", http: 30080, https: 30443 } };
  expect(problems({}, { edge })).toEqual([
    "moat:edge.service.type: nodes of a Magnum cluster have no address outside → take loadBalancer: Octavia makes one",
  ]);
});

test("walls let programs through to the nodes, of which the servers are some", () => {
  expect(apiRanges(magnumConfig({ cidr: "10.9.0.0/24" }))).toEqual(["10.9.0.0/24"]);
});
