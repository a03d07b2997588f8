/** Rules for a cluster of kind `openstack`, by itself and together with the edge. */
import { lacksRoom } from "../components/cluster/openstack/addressPlan";
import type { OpenStackClusterConfig } from "./openstackCluster";
import type { Problem } from "./problems";
import { overlap } from "./quantities";
import type { Rule } from "./rules";
import type { WellFormed } from "./shape";

type ClusterRule = (cluster: OpenStackClusterConfig, config: WellFormed) => Problem[];

const at = (key: string): string => `moat:cluster.${key}`;

const rangesAreApart: ClusterRule = ({ cidr, podCidr, serviceCidr }) => {
  const ranges = Object.entries({ cidr, podCidr, serviceCidr });
  return ranges.flatMap(([key, range], i) =>
    ranges
      .slice(0, i)
      .filter(([, other]) => overlap(range, other))
      .map(([otherKey, other]) => ({
        path: at(key),
        reason: `${range} has addresses of ${otherKey}, ${other}`,
        mend: "choose ranges that have no address in common: machines, pods and Services must be told apart",
      })),
  );
};

const machinesHaveRoom: ClusterRule = ({ cidr, agents }) => {
  const reason = lacksRoom(cidr, { agents: agents.count });
  return reason === undefined
    ? []
    : [
        {
          path: at("cidr"),
          reason,
          mend: "choose a larger range: half of it is for agents, but for 32 addresses",
        },
      ];
};

/** As wide as the policy pack takes for everybody. */
const widest = 8;

/** Of ranges of administrators, those that are almost everybody. */
export const wideRanges = (adminCidrs: readonly string[]): Problem[] =>
  adminCidrs
    .filter((cidr) => Number(cidr.split("/")[1]) < widest)
    .map((cidr) => ({
      path: at("adminCidrs"),
      reason: `${cidr} is almost everybody`,
      mend: "name the ranges of your offices, VPN and build machines",
    }));

const administratorsAreSomebody: ClusterRule = ({ adminCidrs }) => wideRanges(adminCidrs);

const zonesDiffer: ClusterRule = ({ zones }) =>
  zones
    .filter((zone, i) => zones.indexOf(zone) !== i)
    .map((zone) => ({
      path: at("zones"),
      reason: `names "${zone}" twice`,
      mend: "name every zone once: machines are spread evenly",
    }));

const bastionHasAKey: ClusterRule = ({ bastion, sshPublicKey }) =>
  bastion === undefined || sshPublicKey !== undefined
    ? []
    : [
        {
          path: at("bastion"),
          reason: "nobody could log in, as there is no sshPublicKey",
          mend: "set moat:cluster.sshPublicKey, or leave the bastion out",
        },
      ];

const edgeIsALoadBalancer: ClusterRule = (_, { edge }) =>
  edge?.service.type === "nodePort"
    ? [
        {
          path: "moat:edge.service.type",
          reason: "node ports of machines on OpenStack are closed to the world",
          mend: "take loadBalancer: with Octavia, or by k3s itself where moat:cluster.loadBalancer is false",
        },
      ]
    : [];

const edgePortsAreTheUsual: ClusterRule = (_, { edge }) =>
  Object.entries({ httpPort: 80, httpsPort: 443 }).flatMap(([key, usual]) => {
    const given = key === "httpPort" ? edge?.httpPort : edge?.httpsPort;
    return given === undefined || given === usual
      ? []
      : [
          {
            path: `moat:edge.${key}`,
            reason: `${given} is closed: on OpenStack only 80 and 443 are open to the world`,
            mend: `leave it out, or set ${usual}`,
          },
        ];
  });

const clusterRules: readonly ClusterRule[] = [
  rangesAreApart,
  machinesHaveRoom,
  administratorsAreSomebody,
  zonesDiffer,
  bastionHasAKey,
  edgeIsALoadBalancer,
  edgePortsAreTheUsual,
];

/** They hold for clusters of this kind only. */
export const openstackRules: readonly Rule[] = clusterRules.map(
  (rule): Rule =>
    (config) =>
      config.cluster.kind === "openstack" ? rule(config.cluster, config) : [],
);
