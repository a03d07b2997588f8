/**
 * The cluster's own network: a VPC over several zones, each with private subnets for nodes and the control plane and a small public one.
 *
 * world → load balancers (edge) → nodes → NAT gateways (edge) → world; nodes → S3 inside AWS; administrators → transit gateway → control
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EksClusterConfig } from "../../../config/eksCluster";
import { addressPlan, wholeRange, type ZonePlan } from "./addressPlan";
import { flowLogs } from "./flowLogs";

export interface NetworkArgs {
  /** Name of the cluster, with which names in AWS begin. */
  readonly cluster: string;
  readonly config: EksClusterConfig;
}

/** What a zone has of the network. */
export interface ZoneNetwork {
  readonly zone: string;
  /** Subnet of nodes and pods. */
  readonly nodes: pulumi.Output<string>;
  /** Subnet of the control plane's interfaces. */
  readonly control: pulumi.Output<string>;
}

export class EksNetwork extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly zones: readonly ZoneNetwork[];

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:cluster:EksNetwork", name, {}, opts);
    const parent = { parent: this };
    const { cluster, config } = args;
    const vpc = new aws.ec2.Vpc(
      `${name}-vpc`,
      {
        cidrBlock: wholeRange(config.cidr),
        // Nodes find the private API by its name.
        enableDnsSupport: true,
        enableDnsHostnames: true,
        tags: { Name: cluster },
      },
      parent,
    );
    const place: Place = { name, cluster, vpcId: vpc.id, parent: this };
    closeDefaults(place, vpc.defaultRouteTableId);

    const zones = addressPlan(config.cidr, config.zones).map((plan) => ({
      zone: plan.zone,
      nodes: subnet(place, plan, "nodes", forBalancers(cluster, "internal-elb")),
      edge: subnet(place, plan, "edge", forBalancers(cluster, "elb")),
      control: subnet(place, plan, "control"),
    }));
    const outside = waysOutside(place, config, zones);
    // What goes to S3 stays inside AWS: no address, no NAT gateway, no fee.
    new aws.ec2.VpcEndpoint(
      `${name}-s3`,
      {
        vpcId: vpc.id,
        serviceName: `com.amazonaws.${config.region}.s3`,
        vpcEndpointType: "Gateway",
        routeTableIds: outside,
        tags: { Name: `${cluster}-s3` },
      },
      parent,
    );
    wayOfAdministrators(place, config, zones);
    if (config.flowLogs !== undefined)
      flowLogs(name, { cluster, region: config.region, vpcId: vpc.id, ...config.flowLogs }, parent);

    this.vpcId = vpc.id;
    this.zones = zones.map(({ zone, nodes, control }) => ({ zone, nodes: nodes.id, control: control.id }));
    this.registerOutputs({ vpcId: this.vpcId });
  }
}

/** What every part of the network has in common. */
interface Place {
  readonly name: string;
  readonly cluster: string;
  readonly vpcId: pulumi.Output<string>;
  readonly parent: pulumi.Resource;
}

interface Zone {
  readonly zone: string;
  readonly nodes: aws.ec2.Subnet;
  readonly edge: aws.ec2.Subnet;
  readonly control: aws.ec2.Subnet;
}

/** What AWS makes with a VPC lets all its machines talk to each other. Nothing here uses it, and nothing shall by mistake. */
function closeDefaults({ name, cluster, vpcId, parent }: Place, routeTable: pulumi.Output<string>): void {
  const tags = { Name: `${cluster}-unused` };
  new aws.ec2.DefaultSecurityGroup(
    `${name}-default-group`,
    { vpcId, ingress: [], egress: [], tags },
    { parent },
  );
  new aws.ec2.DefaultRouteTable(
    `${name}-default-routes`,
    { defaultRouteTableId: routeTable, routes: [], tags },
    { parent },
  );
}

/** How the cloud's controller finds the subnets of load balancers: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html */
const forBalancers = (cluster: string, role: "elb" | "internal-elb"): Readonly<Record<string, string>> => ({
  [`kubernetes.io/role/${role}`]: "1",
  [`kubernetes.io/cluster/${cluster}`]: "shared",
});

const subnet = (
  { name, cluster, vpcId, parent }: Place,
  plan: ZonePlan,
  part: "nodes" | "edge" | "control",
  tags: Readonly<Record<string, string>> = {},
): aws.ec2.Subnet =>
  new aws.ec2.Subnet(
    `${name}-${part}-${plan.zone}`,
    {
      vpcId,
      availabilityZone: plan.zone,
      cidrBlock: plan[part],
      mapPublicIpOnLaunch: false,
      tags: { Name: `${cluster}-${part}-${plan.zone}`, ...tags },
    },
    { parent },
  );

/** A route table with its subnets. */
function routeTable(
  { name, cluster, vpcId, parent }: Place,
  part: string,
  subnets: readonly (readonly [string, aws.ec2.Subnet])[],
): aws.ec2.RouteTable {
  const table = new aws.ec2.RouteTable(
    `${name}-${part}-routes`,
    { vpcId, tags: { Name: `${cluster}-${part}` } },
    { parent },
  );
  for (const [zone, { id: subnetId }] of subnets)
    new aws.ec2.RouteTableAssociation(
      `${name}-${part}-routes-of-${zone}`,
      { routeTableId: table.id, subnetId },
      { parent: table },
    );
  return table;
}

const everywhere = "0.0.0.0/0";

/** The internet gateway for the edge, NAT gateways for nodes. Gives the route tables of nodes. */
function waysOutside(
  place: Place,
  { natGateways }: EksClusterConfig,
  zones: readonly Zone[],
): pulumi.Output<string>[] {
  const { name, cluster, vpcId, parent } = place;
  const internet = new aws.ec2.InternetGateway(
    `${name}-internet`,
    { vpcId, tags: { Name: cluster } },
    { parent },
  );
  const edge = routeTable(
    place,
    "edge",
    zones.map(({ zone, edge }) => [zone, edge]),
  );
  const toInternet = new aws.ec2.Route(
    `${name}-edge-outside`,
    { routeTableId: edge.id, destinationCidrBlock: everywhere, gatewayId: internet.id },
    { parent: edge },
  );
  const gateways = zones
    .slice(0, natGateways === "single" ? 1 : zones.length)
    .map((zone) => natGateway(place, zone, toInternet));
  return zones.map((zone, i) => {
    const table = routeTable(place, `nodes-${zone.zone}`, [[zone.zone, zone.nodes]]);
    const gateway = gateways[i] ?? gateways[0];
    new aws.ec2.Route(
      `${name}-nodes-${zone.zone}-outside`,
      {
        routeTableId: table.id,
        destinationCidrBlock: everywhere,
        ...(gateway && { natGatewayId: gateway.id }),
      },
      { parent: table },
    );
    return table.id;
  });
}

function natGateway(
  { name, cluster, parent }: Place,
  { zone, edge }: Zone,
  toInternet: pulumi.Resource,
): aws.ec2.NatGateway {
  const tags = { Name: `${cluster}-${zone}` };
  const address = new aws.ec2.Eip(`${name}-nat-${zone}-address`, { domain: "vpc", tags }, { parent });
  return new aws.ec2.NatGateway(
    `${name}-nat-${zone}`,
    { subnetId: edge.id, allocationId: address.id, tags },
    { parent, dependsOn: toInternet },
  );
}

/** The control plane's subnets know the VPC, and administrators behind the transit gateway; nothing else. */
function wayOfAdministrators(
  place: Place,
  { adminCidrs, transitGateway: transitGatewayId }: EksClusterConfig,
  zones: readonly Zone[],
): void {
  const { name, cluster, vpcId, parent } = place;
  const table = routeTable(
    place,
    "control",
    zones.map(({ zone, control }) => [zone, control]),
  );
  if (transitGatewayId === undefined) return;
  const attachment = new aws.ec2transitgateway.VpcAttachment(
    `${name}-transit`,
    { transitGatewayId, vpcId, subnetIds: zones.map(({ control }) => control.id), tags: { Name: cluster } },
    { parent },
  );
  for (const destinationCidrBlock of adminCidrs)
    new aws.ec2.Route(
      `${name}-control-${destinationCidrBlock}`,
      { routeTableId: table.id, destinationCidrBlock, transitGatewayId },
      { parent: table, dependsOn: attachment },
    );
}
