/** `moat:dns`: who makes the records by which clients find the edge. */
import { z } from "zod";
import { awsIdentity, dnsName, hostedZone, uuid } from "./fields";

const names = z
  .enum(["perHost", "wildcard"])
  .default("perHost")
  .describe(
    "`perHost`: a record for each host of the edge. `wildcard`: one for `*.<domain>`; needs an exception from rule S2f",
  );
const ttl = z
  .int()
  .min(30, { error: "must be 30 or more" })
  .max(86_400, { error: "must be 86400 or less" })
  .default(300)
  .describe("Seconds for which clients may remember an answer; a new address is known everywhere after them");

const printed = z.strictObject({
  kind: z
    .literal("printed")
    .describe("Nobody: the output `dnsRecords` lists them for a human. This is the default"),
  names,
  ttl,
});

const route53 = z.strictObject({
  kind: z.literal("route53").describe("We do, in a hosted zone of Route 53 that is there already"),
  zoneId: hostedZone.describe("Id of the hosted zone: `Z0123456789ABCDEFGHIJ`"),
  names,
  ttl,
});

const designate = z.strictObject({
  kind: z.literal("designate").describe("We do, in a zone of OpenStack Designate that is there already"),
  zoneId: uuid
    .optional()
    .describe("Id of the zone, as `openstack zone list` shows it. Default: `zone` is looked up"),
  zone: dnsName
    .optional()
    .describe("Name of the zone, such as `example.org`; looked up at every preview. Default: `zoneId`"),
  region: z
    .string()
    .min(1, { error: "must not be empty" })
    .optional()
    .describe("OpenStack region. Default: the provider's"),
  names,
  ttl,
});

const externalDns = z.strictObject({
  kind: z
    .literal("externalDns")
    .describe(
      "external-dns in the cluster, by annotations on the edge's Service; it must be a load balancer",
    ),
  names,
  ttl,
  install: z
    .strictObject({
      zoneId: hostedZone.describe("Id of the hosted zone in Route 53, the only one that it may touch"),
      identity: awsIdentity,
    })
    .optional()
    .describe(
      "Runs an external-dns of our own, which sees the edge's Service alone. Default: there is one in the cluster",
    ),
});

export const dns = z
  .discriminatedUnion("kind", [printed, route53, designate, externalDns])
  .prefault({ kind: "printed" })
  .describe("Who makes the records by which clients find the edge");

export type DnsConfig = z.output<typeof dns>;
export type RecordNames = DnsConfig["names"];
