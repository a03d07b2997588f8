/** Makes the records by which clients find the edge, or says which ones a human must make. */
import * as aws from "@pulumi/aws";
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { DnsConfig } from "../../../config/dns";
import type { Size } from "../../workload/sizes";
import type { Served } from "../traefik";
import { ExternalDns } from "./externalDns";
import { type DnsRecord, labelOf, recordNames, recordsOf, recordType, recordValues } from "./records";

export interface DnsArgs {
  /** Domain of the edge's hosts. */
  readonly domain: string;
  /** Which hosts there are. Default: those of every environment. */
  readonly served?: Served;
  readonly config: DnsConfig;
  /** Where the edge answers: IPv4 addresses, IPv6 addresses, or one name. */
  readonly addresses: pulumi.Input<readonly pulumi.Input<string>[]>;
  /** Namespace of the platform, where external-dns runs. */
  readonly namespace: string;
  /** Resource requests of external-dns. */
  readonly size: Size;
  /** Marks what external-dns makes as this environment's. */
  readonly clusterName: string;
}

export class Dns extends pulumi.ComponentResource {
  /** Records that somebody must still make. Empty when they are made here or in the cluster. */
  readonly missing: pulumi.Output<DnsRecord[]>;

  constructor(name: string, args: DnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:edge:Dns", name, {}, opts);
    const { domain, config, served } = args;
    const addresses = pulumi.output(args.addresses);
    this.missing = pulumi.output<DnsRecord[]>([]);
    const names = recordNames(domain, config.names, served);
    const record = {
      type: addresses.apply(recordType),
      records: addresses.apply(recordValues),
      ttl: config.ttl,
    };
    switch (config.kind) {
      case "printed":
        this.missing = addresses.apply((known) => recordsOf(domain, config, known, served));
        break;
      case "route53":
        for (const host of names)
          new aws.route53.Record(
            `${name}-${labelOf(host)}`,
            { ...record, name: host, zoneId: config.zoneId },
            { parent: this },
          );
        break;
      case "designate": {
        const { region } = config;
        const inRegion = region === undefined ? {} : { region };
        const zoneId = config.zoneId ?? zoneByName(config.zone ?? domain, inRegion, this);
        for (const host of names)
          new openstack.dns.RecordSet(
            `${name}-${labelOf(host)}`,
            {
              ...record,
              ...inRegion,
              name: absolute(host),
              records: addresses.apply((known) =>
                recordType(known) === "CNAME" ? recordValues(known).map(absolute) : recordValues(known),
              ),
              zoneId,
              description: "The edge of moat",
            },
            { parent: this },
          );
        break;
      }
      case "externalDns":
        // It reads annotations on the edge's Service.
        if (config.install !== undefined)
          new ExternalDns(
            `${name}-external-dns`,
            { ...args, names: config.names, install: config.install },
            { parent: this },
          );
        break;
    }
    this.registerOutputs({ missing: this.missing });
  }
}

/** Designate writes names with their last dot. */
const absolute = (name: string): string => (name.endsWith(".") ? name : `${name}.`);

const zoneByName = (
  zone: string,
  inRegion: { readonly region?: string },
  parent: pulumi.Resource,
): pulumi.Output<string> =>
  openstack.dns.getDnsZoneOutput({ ...inRegion, name: absolute(zone) }, { parent }).apply(({ id }) => id);
