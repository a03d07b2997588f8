/**
 * Which subnet has which addresses. Pure. Written from the range alone, so zones keep theirs when another one is added.
 *
 * | part of the range | for |
 * | --- | --- |
 * | first three quarters, one for each zone | nodes and pods, each with an address of the VPC |
 * | fourth quarter, its first three /24 | load balancers and NAT gateways, one for each zone |
 * | the /24 after them, its first three /28 | the control plane's interfaces, one for each zone |
 * | the rest | whatever comes later |
 */
import { addressesOf } from "../../../config/quantities";

export interface ZonePlan {
  /** `eu-central-1a` */
  readonly zone: string;
  /** Nodes and pods. Nothing outside reaches them. */
  readonly nodes: string;
  /** Load balancers and NAT gateways, with public addresses. */
  readonly edge: string;
  /** The control plane's interfaces, a range of its own, as walls name it. */
  readonly control: string;
}

/** The plan of a range that has room; see `lacksRoom`. */
export function addressPlan(cidr: string, zones: readonly string[]): ZonePlan[] {
  const { first, last } = addressesOf(cidr);
  const quarter = (last - first + 1) / 4;
  const small = first + 3 * quarter;
  return zones.map((zone, i) => ({
    zone,
    nodes: `${textOf(first + i * quarter)}/${prefixOf(cidr) + 2}`,
    edge: `${textOf(small + i * 2 ** 8)}/24`,
    control: `${textOf(small + 3 * 2 ** 8 + i * 2 ** 4)}/28`,
  }));
}

/** Why the range is no good for a VPC; undefined when it is. AWS takes /16 to /28, and the small subnets need a /22. */
export function lacksRoom(cidr: string): string | undefined {
  const prefix = prefixOf(cidr);
  return prefix < 16 || prefix > 20 ? `/${prefix} is not between /16 and /20` : undefined;
}

/** The range as AWS keeps it: from its first address on. */
export const wholeRange = (cidr: string): string => `${textOf(addressesOf(cidr).first)}/${prefixOf(cidr)}`;

/** Address of the Service `kubernetes`: Kubernetes gives it the first after that of the range itself. */
export const apiServiceAddress = (serviceCidr: string): string => textOf(addressesOf(serviceCidr).first + 1);

const prefixOf = (cidr: string): number => Number(cidr.split("/")[1] ?? 32);

const textOf = (address: number): string =>
  [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join(".");
