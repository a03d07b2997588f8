/** `moat:edge.tls`: who signs the certificate that the edge shows. */
import { z } from "zod";
import { awsIdentity, certificatePem, dnsName, hostedZone, httpsUrl, keystoneUrl } from "./fields";

const privateCa = z.strictObject({
  kind: z
    .literal("privateCa")
    .describe(
      "The environment's own authority; clients verify with the output `caCertificate`. This is the default",
    ),
});

const given = z.strictObject({
  kind: z
    .literal("given")
    .describe("Somebody else, by hand; its private key is the secret `moat:edgePrivateKey`"),
  certificate: certificatePem.describe(
    "PEM of the certificate for all hosts of the edge, then of those who signed it, in order; the root may be left out",
  ),
});

const challenge = z
  .discriminatedUnion("type", [
    z.strictObject({
      type: z
        .literal("http01")
        .describe("The authority fetches a file from port 80 of each host, which must reach the edge"),
    }),
    z.strictObject({
      type: z
        .literal("route53")
        .describe("A record of the moment in Route 53 (DNS-01); the edge may be private"),
      zoneId: hostedZone.describe("Id of the hosted zone with `route53`: `Z0123456789ABCDEFGHIJ`"),
      identity: awsIdentity,
    }),
    z.strictObject({
      type: z
        .literal("designate")
        .describe("A record of the moment in OpenStack Designate (DNS-01); the edge may be private"),
      authUrl: keystoneUrl.describe("Keystone with `designate`: `https://keystone.example.org:5000/v3`"),
      endpoint: httpsUrl.describe(
        "Designate with `designate`, as the catalogue has it: `https://dns.example.org:9001`",
      ),
      caCertificate: certificatePem
        .optional()
        .describe(
          "PEM of the private CA that signs the cloud's certificates with `designate`. Default: a public CA does",
        ),
      region: z.string().min(1, { error: "must not be empty" }).describe("OpenStack region with `designate`"),
      zone: dnsName.describe("Name of the zone with `designate`, such as `example.org`"),
      roles: z
        .array(z.string().min(1, { error: "must not be empty" }))
        .min(1, { error: "must name a role: without any the credential has all of the user's" })
        .default(["member"])
        .describe("Roles of the credential with `designate`"),
      accessRules: z
        .boolean()
        .default(true)
        .describe(
          "Holds the credential with `designate` to records. Needs `service_type = dns` under `[keystone_authtoken]` of Designate, or it refuses the credential",
        ),
    }),
  ])
  .describe("How it is shown that the hosts are ours: `http01`, `route53` or `designate`");

const acme = z.strictObject({
  kind: z
    .literal("acme")
    .describe(
      "A public authority such as Let's Encrypt, by cert-manager, which renews in time without anybody",
    ),
  email: z
    .email({ error: "must be an e-mail address" })
    .describe("Whom the authority may write to about the account"),
  server: httpsUrl
    .default("https://acme-v02.api.letsencrypt.org/directory")
    .describe(
      "The authority's directory. For trials: `https://acme-staging-v02.api.letsencrypt.org/directory`",
    ),
  serverCa: certificatePem
    .optional()
    .describe("PEM of the authority that signs the directory's own certificate. Default: a public one does"),
  challenge,
  certManager: z
    .enum(["installed", "existing"])
    .default("installed")
    .describe(
      "`installed`: by us, for the platform's namespace alone. `existing`: one that serves the whole cluster is there already",
    ),
});

export const edgeTls = z
  .discriminatedUnion("kind", [privateCa, given, acme])
  .prefault({ kind: "privateCa" })
  .describe(
    "Who signs the certificate that the edge shows. Inside the cluster the private CA signs in any case",
  );

export type EdgeTlsConfig = z.output<typeof edgeTls>;
export type AcmeConfig = Extract<EdgeTlsConfig, { kind: "acme" }>;
export type ChallengeConfig = AcmeConfig["challenge"];
