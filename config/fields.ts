/** Kinds of values that several parts of the configuration have. A title is the type's name in docs/config.md. */
import { z } from "zod";
import { isSize } from "./quantities";

/** Quantity of bytes as Kubernetes writes it. */
export const size = z
  .string()
  .refine(isSize, { error: "must be a size above 0 with a binary unit, such as 512Mi or 20Gi" })
  .meta({ title: "size" });

export const replicas = z
  .int()
  .min(1, { error: "must be 1 or more: with 0 replicas nothing runs" })
  .max(20, { error: "must be 20 or less" });

/** RFC 1123 label of at most so many characters. */
export const dnsLabel = (longest: number) =>
  z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, {
      error: "must be lower-case letters, digits and dashes, and begin and end with a letter or digit",
    })
    .max(longest, { error: `must have at most ${longest} characters` })
    .meta({ title: "name" });

/** Machines of a control plane. */
export const serverCount = z
  .int()
  .refine((n) => [1, 3, 5].includes(n), { error: "must be 1, 3 or 5: etcd wants a majority" })
  .default(3)
  .describe("How many: 1, 3 or 5. With 3, one may be lost");

/** Range of IPv4 addresses. */
export const range = z
  .cidrv4({ error: "must be an address range such as 10.1.0.0/16" })
  .meta({ title: "address range" });

/** Id of a thing in OpenStack. */
export const uuid = z
  .uuid({ error: "must be an id as OpenStack shows it, such as 3f2b8c1e-0d4a-4b57-9c43-1a2b3c4d5e6f" })
  .meta({ title: "id" });

export const text = z.string().min(1, { error: "must not be empty" });

/** Size of a volume in OpenStack. */
export const gibibytes = z
  .int()
  .min(10, { error: "must be 10 or more" })
  .max(16_384, { error: "must be 16384 or less" })
  .meta({ title: "GiB" });

/** Public half of a key for SSH. */
export const publicKey = z
  .string()
  .regex(/^(ssh-ed25519|ecdsa-sha2-nistp\d+|ssh-rsa|sk-\S+) [A-Za-z0-9+/=]+( .*)?$/, {
    error: "must be a public key as in ~/.ssh/id_ed25519.pub",
  });

export const dnsName = z.string().regex(/^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, {
  error: "must be a DNS name",
});

export const httpsUrl = z.url({ protocol: /^https$/, error: "must be an address that begins with https://" });

export const keystoneUrl = z
  .string()
  .regex(/^https:\/\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?(:[1-9]\d{0,4})?(\/[-\w/]*)?\/v3$/, {
    error: "must be Keystone's url with https and version: https://keystone.example.org:5000/v3",
  });

/** One certificate or several, one behind the other. */
export const certificatePem = z
  .string()
  .regex(/^-----BEGIN CERTIFICATE-----\n[\s\S]+-----END CERTIFICATE-----\n?$/, {
    error: "must be certificates in PEM, from -----BEGIN CERTIFICATE----- on",
  });

/** A zone in Route 53. */
export const hostedZone = z
  .string()
  .regex(/^Z[A-Z0-9]{1,31}$/, { error: "must be the id of a hosted zone, such as Z0123456789ABCDEFGHIJ" });

/** As whom a program of the platform comes to AWS. */
export const awsIdentity = z
  .discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("podIdentity").describe("A role for its pods on EKS, and no key at all"),
      cluster: z
        .string()
        .regex(/^[A-Za-z0-9][-_A-Za-z0-9]{0,99}$/, { error: "must be the name of an EKS cluster" })
        .describe("Name of the EKS cluster; it must run the add-on `eks-pod-identity-agent`"),
    }),
    z.strictObject({
      type: z.literal("accessKey").describe("A user with a key, for clusters elsewhere"),
    }),
  ])
  .describe(
    "As whom it comes to AWS: `podIdentity`, by a role without a key on EKS, or `accessKey`, by the key of a user on any other cluster",
  );

export type AwsIdentityConfig = z.output<typeof awsIdentity>;

/** Who the environment is on OpenStack. */
export const openstackCredentials = {
  cloud: text.optional().describe("Entry of clouds.yaml with the credentials. Default: the `OS_*` variables"),
  region: text.optional().describe("Region. Default: that of the credentials"),
  checks: z
    .boolean()
    .default(true)
    .describe(
      "Asks Keystone, before anything is made, whether an application credential may make the others that the environment needs. `false` is for updates that make none, by one that may not",
    ),
};

export const nameServers = z.array(z.ipv4({ error: "must be an address such as 192.0.2.53" })).default([]);
