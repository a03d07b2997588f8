/** Every subnet has addresses of its own, in its part of the VPC, and keeps them. */
import * as fc from "fast-check";
import { apiRanges } from "../../../../components/cluster/apiRanges";
import {
  addressPlan,
  apiServiceAddress,
  lacksRoom,
  wholeRange,
} from "../../../../components/cluster/eks/addressPlan";
import { addressesOf, overlap } from "../../../../config/quantities";
import { anyCluster, type clusterConfig } from "../../../support/eksCluster";

const subnetsOf = ({ cidr, zones }: ReturnType<typeof clusterConfig>) =>
  addressPlan(cidr, zones).flatMap(({ nodes, edge, control }) => [nodes, edge, control]);

test("the default range, as it is cut", () => {
  expect(addressPlan("10.60.0.0/16", ["a", "b", "c"])).toEqual([
    { zone: "a", nodes: "10.60.0.0/18", edge: "10.60.192.0/24", control: "10.60.195.0/28" },
    { zone: "b", nodes: "10.60.64.0/18", edge: "10.60.193.0/24", control: "10.60.195.16/28" },
    { zone: "c", nodes: "10.60.128.0/18", edge: "10.60.194.0/24", control: "10.60.195.32/28" },
  ]);
});

describe("whatever the range and the zones", () => {
  test("no two subnets share an address, and all are inside the VPC", () => {
    fc.assert(
      fc.property(anyCluster, (config) => {
        const vpc = addressesOf(wholeRange(config.cidr));
        const subnets = subnetsOf(config);
        for (const [i, one] of subnets.entries()) {
          const { first, last } = addressesOf(one);
          expect(first).toBeGreaterThanOrEqual(vpc.first);
          expect(last).toBeLessThanOrEqual(vpc.last);
          for (const other of subnets.slice(0, i)) expect(overlap(one, other)).toBe(false);
        }
      }),
    );
  });

  test("each subnet begins where AWS wants it to: at a multiple of its size", () => {
    fc.assert(
      fc.property(anyCluster, (config) => {
        for (const subnet of subnetsOf(config)) expect(wholeRange(subnet)).toBe(subnet);
      }),
    );
  });

  test("a zone more moves no other", () => {
    fc.assert(
      fc.property(anyCluster, ({ cidr, zones }) => {
        const few = zones.slice(0, 2);
        expect(addressPlan(cidr, zones).slice(0, 2)).toEqual(addressPlan(cidr, few));
      }),
    );
  });

  test("programs are let through to the control plane and its Service, and to no node or pod", () => {
    fc.assert(
      fc.property(anyCluster, (config) => {
        const plan = addressPlan(config.cidr, config.zones);
        const ranges = apiRanges(config);
        expect(ranges).toEqual(["172.20.0.1/32", ...plan.map(({ control }) => control)]);
        for (const { nodes, edge } of plan)
          for (const range of ranges) expect(overlap(range, nodes) || overlap(range, edge)).toBe(false);
      }),
    );
  });
});

test.each([
  ["10.0.0.0/16", undefined],
  ["10.0.0.0/20", undefined],
  ["10.0.0.0/15", "/15 is not between /16 and /20"],
  ["10.0.0.0/21", "/21 is not between /16 and /20"],
])("room in %s: %s", (cidr, expected) => {
  expect(lacksRoom(cidr)).toBe(expected);
});

test("the API's Service has the first address, wherever in the range that is written", () => {
  expect(apiServiceAddress("10.100.7.9/16")).toBe("10.100.0.1");
});
