/** Where a cluster's API server answers, for the walls around programs that talk to it. Pure. */
import type { EnvironmentConfig } from "../../config";
import * as eks from "./eks/addressPlan";
import { addressPlan } from "./openstack/addressPlan";

export function apiRanges(cluster: EnvironmentConfig["cluster"]): readonly string[] {
  switch (cluster.kind) {
    case "existing":
      return cluster.apiCidrs;
    case "openstack":
      return [addressPlan(cluster.cidr, { servers: 0, agents: 0 }).serverCidr];
    case "eks":
      // The network plugin judges before a Service's address is turned into that behind it, so it sees the former.
      return [
        `${eks.apiServiceAddress(cluster.serviceCidr)}/32`,
        ...eks.addressPlan(cluster.cidr, cluster.zones).map(({ control }) => control),
      ];
    case "magnum":
      return [cluster.cidr];
  }
}
