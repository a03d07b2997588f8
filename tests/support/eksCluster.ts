/** A cluster on EKS as a stack's file would say it, for tests. */
import * as fc from "fast-check";
import type { z } from "zod";
import { type EksClusterConfig, eksCluster } from "../../config/eksCluster";

export type RawCluster = z.input<typeof eksCluster>;

/** The least that it must say. */
export const leastCluster: RawCluster = {
  kind: "eks",
  region: "eu-central-1",
  zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
  publicAccessCidrs: ["192.0.2.0/24"],
  administrators: ["arn:aws:iam::123456789012:role/platform"],
};

export const clusterConfig = (changes: Partial<RawCluster> = {}): EksClusterConfig =>
  eksCluster.parse({ ...leastCluster, ...changes });

/** Clusters of every shape: zones, ranges, ways outside and in, machines. */
export const anyCluster: fc.Arbitrary<EksClusterConfig> = fc
  .record({
    zones: fc.integer({ min: 2, max: 3 }),
    prefix: fc.integer({ min: 16, max: 20 }),
    network: fc.constantFrom("10.60.7.9", "172.16.0.0", "192.168.33.0"),
    natGateways: fc.constantFrom("perZone" as const, "single" as const),
    flowLogs: fc.boolean(),
    transit: fc.boolean(),
    publicAccessCidrs: fc.uniqueArray(fc.constantFrom("192.0.2.0/24", "198.51.100.7/32")),
    system: fc.constantFrom("bottlerocket" as const, "al2023" as const),
    instanceTypes: fc.constantFrom<string[]>(["m7i.xlarge"], ["m7g.xlarge", "c7gn.2xlarge"]),
    perZone: fc.integer({ min: 1, max: 5 }),
    protect: fc.boolean(),
  })
  .map(({ zones, prefix, network, flowLogs, transit, system, instanceTypes, perZone, ...rest }) =>
    clusterConfig({
      ...rest,
      zones: ["a", "b", "c"].slice(0, zones).map((letter) => `eu-central-1${letter}`),
      cidr: `${network}/${prefix}`,
      nodes: { system, instanceTypes, perZone },
      ...(flowLogs && { flowLogs: {} }),
      ...(transit && { transitGateway: "tgw-0123456789abcdef0", adminCidrs: ["10.200.0.0/16"] }),
    }),
  );
