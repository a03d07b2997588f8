/** Nothing is open to the world but the edge, whatever the cluster looks like. */
import * as fc from "fast-check";
import { addressPlan } from "../../../../components/cluster/openstack/addressPlan";
import {
  everybody,
  groupsOf,
  type Rule,
  securityRules,
} from "../../../../components/cluster/openstack/securityRules";
import type { OpenStackClusterConfig } from "../../../../config/openstackCluster";
import { overlap } from "../../../../config/quantities";
import { anyCluster, clusterConfig } from "../../../support/openstackCluster";

const planOf = (config: OpenStackClusterConfig) =>
  addressPlan(config.cidr, { servers: config.servers.count, agents: config.agents.count });
const rulesOf = (config: OpenStackClusterConfig): Rule[] => securityRules(config, planOf(config));

/** Ports of a group that are open to an address outside the cluster. */
const openTo = (rules: readonly Rule[], address: string): string[] =>
  rules
    .filter(({ from }) => "cidr" in from && overlap(from.cidr, address))
    .map(({ group, ports }) => `${group} ${ports.join("-")}`)
    .sort();

const stranger = "8.8.8.8";

test("a stranger reaches nothing where load balancers stand before the cluster", () => {
  fc.assert(
    fc.property(anyCluster, (config) => {
      fc.pre(config.loadBalancer);
      expect(openTo(rulesOf(config), stranger)).toEqual([]);
    }),
  );
});

test("without them a stranger reaches the edge's two ports on agents", () => {
  fc.assert(
    fc.property(anyCluster, (config) => {
      fc.pre(!config.loadBalancer);
      expect(openTo(rulesOf(config), stranger)).toEqual(["agents 443-443", "agents 80-80"]);
    }),
  );
});

test("only the edge's rules are for everybody", () => {
  fc.assert(
    fc.property(anyCluster, (config) => {
      for (const { name, from } of rulesOf(config))
        if ("cidr" in from && from.cidr === everybody) expect(name).toMatch(/^edge-(80|443)$/);
    }),
  );
});

test("administrators reach the API, and SSH of the bastion alone", () => {
  fc.assert(
    fc.property(anyCluster, (config) => {
      const [range = ""] = config.adminCidrs;
      const [address = ""] = range.split("/");
      const expected = [
        ...(config.bastion === undefined ? [] : ["bastion 22-22"]),
        ...(config.loadBalancer ? [] : ["agents 443-443", "agents 80-80"]),
        // OVN's load balancers do not hold them to their ranges, so the API has none there.
        ...(config.loadBalancer && config.loadBalancerProvider === "amphora" ? [] : ["servers 6443-6443"]),
      ];
      expect(openTo(rulesOf(config), address)).toEqual(expected.sort());
    }),
  );
});

test("each rule is of a group that is there, comes from one that is there, and has a name of its own", () => {
  fc.assert(
    fc.property(anyCluster, (config) => {
      const groups = groupsOf(config);
      const rules = rulesOf(config);
      for (const { group, from } of rules) {
        expect(groups).toContain(group);
        if ("group" in from) expect(groups).toContain(from.group);
      }
      const names = rules.map(({ group, name }) => `${group}-${name}`);
      expect(new Set(names).size).toBe(names.length);
    }),
  );
});

test("no two rules of a group say the same", () => {
  fc.assert(
    fc.property(anyCluster, (config) => {
      const said = rulesOf(config).map((r) => JSON.stringify([r.group, r.protocol, r.ports, r.from]));
      expect(new Set(said).size).toBe(said.length);
    }),
  );
});

test("etcd is for servers, and SSH for the bastion", () => {
  const rules = rulesOf(clusterConfig({ bastion: { flavor: "m1.tiny" } }));
  const to = (port: number) =>
    rules
      .filter(({ ports: [first, last] }) => first <= port && port <= last)
      .map(({ group, from }) => [group, from]);
  expect(to(2379)).toEqual([["servers", { group: "servers" }]]);
  expect(to(22)).toEqual([
    ["bastion", { cidr: "192.0.2.0/24" }],
    ["servers", { group: "bastion" }],
    ["agents", { group: "bastion" }],
  ]);
});

test("without a bastion nobody has SSH", () => {
  expect(rulesOf(clusterConfig()).filter(({ ports: [first, last] }) => first <= 22 && last >= 22)).toEqual(
    [],
  );
});
