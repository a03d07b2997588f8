/** A Magnum cluster as a stack's file would say it, for tests. */
import type { z } from "zod";
import { type MagnumClusterConfig, magnumCluster } from "../../config/magnumCluster";
import { id } from "./openstackCluster";

export type RawCluster = z.input<typeof magnumCluster>;

/** The least that it must say. */
export const leastMagnum: RawCluster = {
  kind: "magnum",
  externalNetwork: id,
  image: id,
  adminCidrs: ["192.0.2.0/24"],
  servers: { flavor: "m1.medium" },
  agents: { flavor: "m1.large" },
};

export const magnumConfig = (changes: Partial<RawCluster> = {}): MagnumClusterConfig =>
  magnumCluster.parse({ ...leastMagnum, ...changes });
