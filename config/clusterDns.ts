/** `moat:cluster.dns` of kind `existing`: whom pods ask for names. */
import { isIP } from "node:net";
import { z } from "zod";
import { dnsLabel } from "./fields";

const labelPart = "[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?";
const labelKey = z.string().regex(new RegExp(`^([a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?/)?${labelPart}$`), {
  error: "must be the name of a label, such as k8s-app",
});
const labelValue = z
  .string()
  .regex(new RegExp(`^${labelPart}$`), { error: "must be the value of a label, such as kube-dns" });

const outOfRange = { error: "must be a port, 1 to 65535" };

const pods = z.strictObject({
  namespace: dnsLabel(63).describe("Their namespace"),
  labels: z
    .record(labelKey, labelValue)
    .refine((labels) => Object.keys(labels).length > 0, { error: "must name at least one label" })
    .describe("Labels that select them and nothing else"),
  port: z
    .int()
    .min(1, outOfRange)
    .max(65_535, outOfRange)
    .default(53)
    .describe("Port on which they listen, which may be another than that of their Service"),
});

const address = z
  .string()
  .refine((text) => isIP(text) > 0, { error: "must be an address such as 169.254.20.10" })
  .meta({ title: "address" });

export const clusterDns = z
  .strictObject({
    pods: z.array(pods).default([]).describe("Pods that answer"),
    addresses: z
      .array(address)
      .default([])
      .describe("Addresses that answer on port 53 and are no pods', such as those of a cache on every node"),
  })
  .refine((dns) => dns.pods.length + dns.addresses.length > 0, { error: "must name pods or addresses" });

/** Where names are asked for in a cluster. */
export type ClusterDns = z.output<typeof clusterDns>;
