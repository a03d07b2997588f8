/** Rules for a cluster of kind `eks`, by itself and together with the edge and the object store. */
import { lacksRoom } from "../components/cluster/eks/addressPlan";
import { architectureOf } from "../components/cluster/eks/machines";
import type { EksClusterConfig } from "./eksCluster";
import type { Problem } from "./problems";
import { addressesOf, overlap } from "./quantities";
import type { Rule } from "./rules";
import type { WellFormed } from "./shape";

type ClusterRule = (cluster: EksClusterConfig, config: WellFormed) => Problem[];

const at = (key: string): string => `moat:cluster.${key}`;
const prefixOf = (cidr: string): number => Number(cidr.split("/")[1]);

const rangesAreApart: ClusterRule = ({ cidr, serviceCidr, adminCidrs }) => {
  const ranges = [["cidr", cidr], ["serviceCidr", serviceCidr], ...adminCidrs.map((r) => ["adminCidrs", r])];
  return ranges.flatMap(([key = "", range = ""], i) =>
    ranges
      .slice(0, i)
      .filter(([otherKey]) => otherKey !== key)
      .filter(([, other = ""]) => overlap(range, other))
      .map(([otherKey, other]) => ({
        path: at(key),
        reason: `${range} has addresses of ${otherKey}, ${other}`,
        mend: "choose ranges that have no address in common: nobody could be told whom an address means",
      })),
  );
};

const vpcHasRoom: ClusterRule = ({ cidr }) => {
  const reason = lacksRoom(cidr);
  return reason === undefined
    ? []
    : [
        {
          path: at("cidr"),
          reason,
          mend: "choose a range between: /16 has room for 16,000 pods in each zone",
        },
      ];
};

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html */
const servicesArePrivate: ClusterRule = ({ serviceCidr }) => {
  const { first, last } = addressesOf(serviceCidr);
  const inside = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map(addressesOf);
  const fits = prefixOf(serviceCidr) >= 12 && prefixOf(serviceCidr) <= 24;
  return fits && inside.some((range) => range.first <= first && last <= range.last)
    ? []
    : [
        {
          path: at("serviceCidr"),
          reason: `EKS does not take ${serviceCidr}`,
          mend: "choose a range of /12 to /24 within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
        },
      ];
};

/** As wide as the policy pack takes for everybody. */
const widest = 8;

const administratorsAreSomebody: ClusterRule = ({ adminCidrs, publicAccessCidrs }) =>
  Object.entries({ adminCidrs, publicAccessCidrs }).flatMap(([key, ranges]) =>
    ranges
      .filter((cidr) => prefixOf(cidr) < widest)
      .map((cidr) => ({
        path: at(key),
        reason: `${cidr} is almost everybody`,
        mend: "name the ranges of your offices, VPN and build machines",
      })),
  );

const somebodyReachesTheApi: ClusterRule = ({ adminCidrs, publicAccessCidrs }) =>
  adminCidrs.length > 0 || publicAccessCidrs.length > 0
    ? []
    : [
        {
          path: at("adminCidrs"),
          reason: "nobody outside the VPC reaches the Kubernetes API, `pulumi up` neither",
          mend: "name ranges behind a transit gateway in adminCidrs, or ranges on the internet in publicAccessCidrs",
        },
      ];

const administratorsHaveAWay: ClusterRule = ({ adminCidrs, transitGateway }) =>
  adminCidrs.length === 0 || transitGateway !== undefined
    ? []
    : [
        {
          path: at("transitGateway"),
          reason: "is missing, so there is no way from adminCidrs into the VPC",
          mend: "set the id of the transit gateway behind which they are, or name public ranges in publicAccessCidrs",
        },
      ];

const zonesAreOfTheRegion: ClusterRule = ({ zones, region }) => [
  ...zones
    .filter((zone, i) => zones.indexOf(zone) !== i)
    .map((zone) => ({
      path: at("zones"),
      reason: `names "${zone}" twice`,
      mend: "name every zone once: each has its own subnets",
    })),
  ...zones
    .filter((zone) => !new RegExp(`^${region}[a-z]$`).test(zone))
    .map((zone) => ({
      path: at("zones"),
      reason: `"${zone}" is no zone of ${region}`,
      mend: `name zones such as ${region}a`,
    })),
];

const machinesAreOfOneKind: ClusterRule = ({ nodes: { instanceTypes } }) =>
  new Set(instanceTypes.map(architectureOf)).size < 2
    ? []
    : [
        {
          path: at("nodes.instanceTypes"),
          reason: `${instanceTypes.join(" and ")} are not of one architecture, but their image must be`,
          mend: "name types with Graviton alone (m7g, c7g, ...), or without it alone",
        },
      ];

/** IAM has room for 64 characters, and names of roles are the cluster's and their purpose: `-eks-pod-identity-agent`. */
const longestName = 40;

const nameFitsRoles: ClusterRule = (_, { clusterName }) =>
  clusterName === undefined || clusterName.length <= longestName
    ? []
    : [
        {
          path: "moat:clusterName",
          reason: `has ${clusterName.length} characters, and names of roles in AWS begin with it`,
          mend: `choose a name of ${longestName} characters or less`,
        },
      ];

const edgeIsALoadBalancer: ClusterRule = (_, { edge }) =>
  edge?.service.type === "nodePort"
    ? [
        {
          path: "moat:edge.service.type",
          reason: "nodes on EKS have no public addresses",
          mend: "take loadBalancer",
        },
      ]
    : [];

/** Everybody who comes to AWS as a pod, by where that is written. */
const podsOf = ({ objectStore, edge, dns }: WellFormed) =>
  Object.entries({
    "moat:objectStore": objectStore?.kind === "aws" ? objectStore.identity : undefined,
    "moat:edge.tls.challenge":
      edge?.tls.kind === "acme" && edge.tls.challenge.type === "route53"
        ? edge.tls.challenge.identity
        : undefined,
    "moat:dns.install": dns.kind === "externalDns" ? dns.install?.identity : undefined,
  });

const podsAreOfThisCluster: ClusterRule = (_, config) =>
  podsOf(config).flatMap(([path, identity]) =>
    identity?.type !== "podIdentity" ||
    config.clusterName === undefined ||
    identity.cluster === config.clusterName
      ? []
      : [
          {
            path: `${path}.identity.cluster`,
            reason: `is ${identity.cluster}, but the environment's own cluster is ${config.clusterName}`,
            mend: `set ${config.clusterName}`,
          },
        ],
  );

const storeIsInTheRegion: ClusterRule = ({ region }, { objectStore }) =>
  objectStore?.kind !== "aws" || objectStore.identity.type !== "podIdentity" || objectStore.region === region
    ? []
    : [
        {
          path: "moat:objectStore.region",
          reason: `${objectStore.region} is not the cluster's region, where pods are given their roles`,
          mend: `set ${region}, or identity {type: accessKey}`,
        },
      ];

const clusterRules: readonly ClusterRule[] = [
  rangesAreApart,
  vpcHasRoom,
  servicesArePrivate,
  administratorsAreSomebody,
  somebodyReachesTheApi,
  administratorsHaveAWay,
  zonesAreOfTheRegion,
  machinesAreOfOneKind,
  nameFitsRoles,
  edgeIsALoadBalancer,
  podsAreOfThisCluster,
  storeIsInTheRegion,
];

/** They hold for clusters of this kind only. */
export const eksRules: readonly Rule[] = clusterRules.map(
  (rule): Rule =>
    (config) =>
      config.cluster.kind === "eks" ? rule(config.cluster, config) : [],
);
