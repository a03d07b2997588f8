/** Every machine has an address of its own, in its part of the range, and keeps it. */
import * as fc from "fast-check";
import { addressPlan, lacksRoom } from "../../../../components/cluster/openstack/addressPlan";
import { edgeAgents, nodesOf } from "../../../../components/cluster/openstack/nodes";
import { addressesOf, overlap } from "../../../../config/quantities";
import { anyCluster, type clusterConfig } from "../../../support/openstackCluster";

const planOf = (config: ReturnType<typeof clusterConfig>) =>
  addressPlan(config.cidr, { servers: config.servers.count, agents: config.agents.count });

test("the default range, as it is cut", () => {
  expect(addressPlan("10.40.0.0/20", { servers: 3, agents: 2 })).toEqual({
    cidr: "10.40.0.0/20",
    gateway: "10.40.0.1",
    api: "10.40.0.2",
    bastion: "10.40.0.3",
    serverCidr: "10.40.0.16/28",
    servers: ["10.40.0.16", "10.40.0.17", "10.40.0.18"],
    agents: ["10.40.0.32", "10.40.0.33"],
    pool: { start: "10.40.8.0", end: "10.40.15.254" },
  });
});

describe("whatever the range and the counts", () => {
  test("no two machines share an address, and all are inside", () => {
    fc.assert(
      fc.property(anyCluster, (config) => {
        const plan = planOf(config);
        const { first, last } = addressesOf(plan.cidr);
        const all = [plan.gateway, plan.api, plan.bastion, ...plan.servers, ...plan.agents];
        expect(new Set(all).size).toBe(all.length);
        for (const address of all) {
          const number = addressesOf(address).first;
          expect(number).toBeGreaterThan(first);
          expect(number).toBeLessThan(last);
        }
      }),
    );
  });

  test("OpenStack gives out none of them itself", () => {
    fc.assert(
      fc.property(anyCluster, (config) => {
        const plan = planOf(config);
        const start = addressesOf(plan.pool.start).first;
        const planned = [plan.gateway, plan.api, plan.bastion, ...plan.servers, ...plan.agents];
        for (const address of planned) expect(addressesOf(address).first).toBeLessThan(start);
        expect(addressesOf(plan.pool.end).first).toBe(addressesOf(plan.cidr).last - 1);
      }),
    );
  });

  test("servers, and they alone, are in the servers' range", () => {
    fc.assert(
      fc.property(anyCluster, (config) => {
        const plan = planOf(config);
        for (const server of plan.servers) expect(overlap(server, plan.serverCidr)).toBe(true);
        const others = [plan.gateway, plan.api, plan.bastion, plan.pool.start, ...plan.agents];
        for (const other of others) expect(overlap(other, plan.serverCidr)).toBe(false);
      }),
    );
  });

  test("growth moves no machine, neither its address nor its zone", () => {
    fc.assert(
      fc.property(anyCluster, fc.integer({ min: 1, max: 6 }), (config, more) => {
        const grown = { ...config, agents: { ...config.agents, count: config.agents.count + more } };
        const placeOf = (c: typeof config) =>
          nodesOf("c", c, planOf(c)).map(({ name, address, zone }) => `${name} ${address} ${zone}`);
        expect(placeOf(grown)).toEqual(expect.arrayContaining(placeOf(config)));
      }),
    );
  });

  test("zones are used evenly by each role", () => {
    fc.assert(
      fc.property(anyCluster, (config) => {
        for (const role of ["server", "agent"] as const) {
          const nodes = nodesOf("c", config, planOf(config)).filter((n) => n.role === role);
          const counts = config.zones.map((zone) => nodes.filter((n) => n.zone === zone).length);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("a server's peers are all the others, an agent's are all of them", () => {
    fc.assert(
      fc.property(anyCluster, (config) => {
        const plan = planOf(config);
        for (const node of nodesOf("c", config, plan))
          expect([...node.peers, ...(node.role === "server" ? [node.address] : [])].sort()).toEqual(
            [...plan.servers].sort(),
          );
      }),
    );
  });

  test("the edge stands once in each zone that has agents", () => {
    fc.assert(
      fc.property(anyCluster, (config) => {
        const nodes = nodesOf("c", config, planOf(config));
        const zones = edgeAgents(nodes).map(({ zone }) => zone);
        expect(new Set(zones).size).toBe(zones.length);
        expect(zones.length).toBe(Math.min(config.zones.length, config.agents.count));
      }),
    );
  });
});

describe("room", () => {
  test.each([
    ["10.0.0.0/25", 32, undefined],
    ["10.0.0.0/25", 33, "/25 has room for 32 agents, not 33"],
    ["10.0.0.0/24", 96, undefined],
    ["10.0.0.0/26", 1, "/26 is not between /12 and /25"],
    ["10.0.0.0/8", 1, "/8 is not between /12 and /25"],
  ])("%s for %i agents: %s", (cidr, agents, expected) => {
    expect(lacksRoom(cidr, { agents })).toBe(expected);
  });

  test("the last agent that has room stays below what OpenStack gives out", () => {
    const { agents, pool } = addressPlan("10.0.0.0/25", { servers: 5, agents: 32 });
    expect([agents.at(-1), pool.start]).toEqual(["10.0.0.63", "10.0.0.64"]);
  });
});
