/** Where a cluster's API server answers, for the walls around programs that talk to it. Pure. */
import type { EnvironmentConfig } from "../../config";
import { addressPlan } from "./openstack/addressPlan";

export function apiRanges(cluster: EnvironmentConfig["cluster"]): readonly string[] {
  switch (cluster.kind) {
    case "existing":
      return cluster.apiCidrs;
    case "openstack":
      return [addressPlan(cluster.cidr, { servers: 0, agents: 0 }).serverCidr];
    case "magnum":
      return [cluster.cidr];
  }
}
