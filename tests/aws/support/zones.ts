/** Hosted zones of Route 53 and what is in them. */
import { z } from "zod";
import type { Boto } from "./boto";

export interface ZoneRecord {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly values: readonly string[];
  /** It answers with what another name answers, and has no values of its own. */
  readonly alias: boolean;
}

const made = z.object({ HostedZone: z.object({ Id: z.string() }) });

/** Makes a zone, and gives its id. */
export async function zoneOf(boto: Boto, domain: string): Promise<string> {
  const parameters = { Name: domain, CallerReference: domain };
  const { Id } = made.parse(await boto.call("route53", "create_hosted_zone", parameters)).HostedZone;
  return Id.replace("/hostedzone/", "");
}

const listing = z.object({
  ResourceRecordSets: z.array(
    z.object({
      Name: z.string(),
      Type: z.string(),
      TTL: z.number().default(0),
      ResourceRecords: z.array(z.object({ Value: z.string() })).default([]),
      AliasTarget: z.object({ DNSName: z.string() }).optional(),
    }),
  ),
});

/** Without those that every zone has. */
export async function recordsIn(boto: Boto, HostedZoneId: string): Promise<ZoneRecord[]> {
  const listed = await boto.call("route53", "list_resource_record_sets", { HostedZoneId });
  return listing
    .parse(listed)
    .ResourceRecordSets.filter(({ Type }) => Type !== "NS" && Type !== "SOA")
    .map(({ Name, Type, TTL, ResourceRecords, AliasTarget }) => ({
      // Route 53 writes a star as its octal code.
      name: Name.replace(/\.$/, "").replace("\\052", "*"),
      type: Type,
      ttl: TTL,
      values: ResourceRecords.map(({ Value }) => Value),
      alias: AliasTarget !== undefined,
    }));
}

export const addRecord = (boto: Boto, HostedZoneId: string, record: ZoneRecord) =>
  boto.call("route53", "change_resource_record_sets", {
    HostedZoneId,
    ChangeBatch: {
      Changes: [
        {
          Action: "CREATE",
          ResourceRecordSet: {
            Name: record.name,
            Type: record.type,
            TTL: record.ttl,
            ResourceRecords: record.values.map((Value) => ({ Value })),
          },
        },
      ],
    },
  });
