/** The records by which clients find the edge: pure. */
import { isIPv4, isIPv6 } from "node:net";
import type { RecordNames } from "../../../config/dns";
import { hostsOf, servedByDefault } from "../traefik";

/** A record as a human writes it into a zone. */
export interface DnsRecord {
  /** Full name without the last dot. */
  readonly name: string;
  readonly type: RecordType;
  /** Addresses, or one name. Empty where nobody told the environment: then the address of any node. */
  readonly values: readonly string[];
  /** Seconds. */
  readonly ttl: number;
}

export type RecordType = "A" | "AAAA" | "CNAME";

/** Full names that need a record. Browsers and resolvers answer for `localhost` and all below it themselves (RFC 6761). */
export function recordNames(domain: string, names: RecordNames, served = servedByDefault): string[] {
  if (`.${domain}`.endsWith(".localhost")) return [];
  return names === "wildcard" ? [`*.${domain}`] : Object.values(hostsOf(domain, served));
}

/** What kind of record leads to the addresses. Load balancers with both kinds of address are found by the older one. */
export function recordType(addresses: readonly string[]): RecordType {
  if (addresses.length === 0 || addresses.some((a) => isIPv4(a))) return "A";
  return addresses.some((a) => isIPv6(a)) ? "AAAA" : "CNAME";
}

/** What stands in the record: all addresses of its kind, or the one name that a CNAME may have. */
export function recordValues(addresses: readonly string[]): string[] {
  switch (recordType(addresses)) {
    case "A":
      return addresses.filter((a) => isIPv4(a));
    case "AAAA":
      return addresses.filter((a) => isIPv6(a));
    case "CNAME":
      return addresses.slice(0, 1);
  }
}

export const recordsOf = (
  domain: string,
  { names, ttl }: { readonly names: RecordNames; readonly ttl: number },
  addresses: readonly string[],
  served = servedByDefault,
): DnsRecord[] =>
  recordNames(domain, names, served).map((name) => ({
    name,
    type: recordType(addresses),
    values: recordValues(addresses),
    ttl,
  }));

/** What a resource for the record is called in the stack: its first label, which is no name when it is a wildcard. */
export const labelOf = (name: string): string => {
  const [label = ""] = name.split(".");
  return label === "*" ? "wildcard" : label;
};
