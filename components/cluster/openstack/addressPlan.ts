/**
 * Which address each machine has. Pure. All are known before anything exists, so no machine has to be told another one's address
 * later, and a machine that is replaced comes back under its own.
 *
 * | part of the range | for |
 * | --- | --- |
 * | first 16 | gateway, API, bastion |
 * | next 16 | servers, a range of its own, as walls name it |
 * | the rest of the lower half | agents |
 * | upper half | whatever OpenStack gives out itself: load balancers, DHCP |
 */
import { addressesOf } from "../../../config/quantities";

export interface AddressPlan {
  /** The whole range, beginning at its first address. */
  readonly cidr: string;
  readonly gateway: string;
  /** Load balancer of the API. */
  readonly api: string;
  readonly bastion: string;
  /** Range of all servers that there may be. */
  readonly serverCidr: string;
  readonly servers: readonly string[];
  readonly agents: readonly string[];
  /** First and last address that OpenStack gives out itself. */
  readonly pool: { readonly start: string; readonly end: string };
}

export interface Counts {
  readonly servers: number;
  readonly agents: number;
}

const block = 16;
/** Places in the first block. */
const places = { gateway: 1, api: 2, bastion: 3 } as const;

/** The plan of a range that has room; see `lacksRoom`. The addresses of one machine do not depend on how many others there are. */
export function addressPlan(cidr: string, { servers, agents }: Counts): AddressPlan {
  const { first, last } = addressesOf(cidr);
  const at = (offset: number) => textOf(first + offset);
  const row = (from: number, count: number) => Array.from({ length: count }, (_, i) => at(from + i));
  const half = (last - first + 1) / 2;
  return {
    cidr: `${at(0)}/${prefixOf(cidr)}`,
    gateway: at(places.gateway),
    api: at(places.api),
    bastion: at(places.bastion),
    serverCidr: `${at(block)}/28`,
    servers: row(block, servers),
    agents: row(2 * block, agents),
    // The last address is the broadcast's.
    pool: { start: at(half), end: textOf(last - 1) },
  };
}

/** Why the range is no good for so many machines; undefined when it is. */
export function lacksRoom(cidr: string, { agents }: Pick<Counts, "agents">): string | undefined {
  const prefix = prefixOf(cidr);
  if (prefix < 12 || prefix > 25) return `/${prefix} is not between /12 and /25`;
  const room = 2 ** (31 - prefix) - 2 * block;
  return agents > room ? `/${prefix} has room for ${room} agents, not ${agents}` : undefined;
}

const prefixOf = (cidr: string): number => Number(cidr.split("/")[1] ?? 32);

/** `10.40.0.1` of its number. */
const textOf = (address: number): string =>
  [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join(".");
