/** Rules for a cluster of kind `magnum`, by itself and together with the edge. */
import { whyTooOld } from "./kubernetesVersion";
import type { MagnumClusterConfig } from "./magnumCluster";
import { wideRanges } from "./openstackRules";
import type { Problem } from "./problems";
import type { Rule } from "./rules";
import type { WellFormed } from "./shape";

type ClusterRule = (cluster: MagnumClusterConfig, config: WellFormed) => Problem[];

const at = (key: string): string => `moat:cluster.${key}`;

const administratorsAreSomebody: ClusterRule = ({ adminCidrs }) => wideRanges(adminCidrs);

const listenerCanRefuse: ClusterRule = ({ loadBalancers, apiFloatingIp }) =>
  loadBalancers === "ovn" && apiFloatingIp
    ? [
        {
          path: at("loadBalancers"),
          reason: "OVN's load balancers let everybody to a floating IP, whatever adminCidrs says",
          mend: "take amphora, or set moat:cluster.apiFloatingIp to false and run pulumi inside",
        },
      ]
    : [];

const versionIsSupported: ClusterRule = ({ kubernetes }) => {
  const reason = whyTooOld(kubernetes);
  return reason === undefined ? [] : [{ path: at("kubernetes"), ...reason }];
};

/** Magnum has groups of these names in every cluster. */
const taken = ["default-master", "default-worker"];

const groupsHaveTheirOwnNames: ClusterRule = ({ nodeGroups }) =>
  Object.keys(nodeGroups)
    .filter((name) => taken.includes(name))
    .map((name) => ({
      path: at(`nodeGroups.${name}`),
      reason: "Magnum itself has a group of this name",
      mend: "choose another name; the first groups are `servers` and `agents`",
    }));

const edgeIsALoadBalancer: ClusterRule = (_, { edge }) =>
  edge?.service.type === "nodePort"
    ? [
        {
          path: "moat:edge.service.type",
          reason: "nodes of a Magnum cluster have no address outside",
          mend: "take loadBalancer: Octavia makes one",
        },
      ]
    : [];

const clusterRules: readonly ClusterRule[] = [
  administratorsAreSomebody,
  listenerCanRefuse,
  versionIsSupported,
  groupsHaveTheirOwnNames,
  edgeIsALoadBalancer,
];

/** They hold for clusters of this kind only. */
export const magnumRules: readonly Rule[] = clusterRules.map(
  (rule): Rule =>
    (config) =>
      config.cluster.kind === "magnum" ? rule(config.cluster, config) : [],
);
