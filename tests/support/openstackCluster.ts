/** A cluster on OpenStack as a stack's file would say it, for tests. */
import * as fc from "fast-check";
import type { z } from "zod";
import { type OpenStackClusterConfig, openstackCluster } from "../../config/openstackCluster";

export type RawCluster = z.input<typeof openstackCluster>;

export const id = "3f2b8c1e-0d4a-4b57-9c43-1a2b3c4d5e6f";

/** The least that it must say. */
export const leastCluster: RawCluster = {
  kind: "openstack",
  authUrl: "https://keystone.example.org:5000/v3",
  externalNetwork: { id, name: "public" },
  image: id,
  adminCidrs: ["192.0.2.0/24"],
  servers: { flavor: "m1.medium" },
  agents: { flavor: "m1.large" },
};

export const clusterConfig = (changes: Partial<RawCluster> = {}): OpenStackClusterConfig =>
  openstackCluster.parse({ ...leastCluster, ...changes });

const sshPublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMadeUpKeyForTests test";

/** The form of a certificate, of so many characters. */
export const certificateOf = (length: number): string => {
  const [begin, end] = ["-----BEGIN CERTIFICATE-----\n", "\n-----END CERTIFICATE-----\n"] as const;
  const body = "A".repeat(length - begin.length - end.length);
  return `${begin}${body.replace(/.{65}/g, (line) => `${line.slice(1)}\n`)}${end}`;
};

/** Clusters of every shape: counts, zones, ranges, with and without load balancer and bastion. */
export const anyCluster: fc.Arbitrary<OpenStackClusterConfig> = fc
  .record({
    servers: fc.constantFrom(1, 3, 5),
    agents: fc.integer({ min: 1, max: 90 }),
    zones: fc.uniqueArray(fc.constantFrom("nova", "az1", "az2", "az-3"), { minLength: 1 }),
    // At /24 there is room for 96 agents.
    prefix: fc.integer({ min: 12, max: 24 }),
    network: fc.constantFrom("10.40.7.9", "172.16.0.0", "192.168.3.0"),
    adminCidrs: fc.uniqueArray(fc.constantFrom("192.0.2.0/24", "198.51.100.7/32", "203.0.113.0/25"), {
      minLength: 1,
    }),
    loadBalancer: fc.boolean(),
    loadBalancerProvider: fc.constantFrom("amphora", "ovn"),
    volumeZone: fc.constantFrom("nova", undefined),
    // The longest that is taken.
    caCertificate: fc.constantFrom(certificateOf(8192), undefined),
    bastion: fc.boolean(),
  })
  .map(({ servers, agents, prefix, network, bastion, ...rest }) =>
    clusterConfig({
      ...rest,
      cidr: `${network}/${prefix}`,
      servers: { flavor: "m1.medium", count: servers },
      agents: { flavor: "m1.large", count: agents },
      ...(bastion && { bastion: { flavor: "m1.tiny" }, sshPublicKey }),
    }),
  );
