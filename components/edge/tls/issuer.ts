/** What cert-manager is told: pure, in the published types of its kinds. */
import { createHash } from "node:crypto";
import type { ICertificate } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate";
import type { IIssuer } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Issuer";
import type { AcmeConfig } from "../../../config/edgeTls";
import { edgePrograms, programs, selectorLabels } from "../../names";
import { solverGroup, solverName } from "./designateSolver";

/**
 * Name of the Issuer for an authority. cert-manager keeps a certificate as long as its Issuer has the same name, whatever that says now: one of
 * Let's Encrypt's trials would be shown until it is due.
 */
export const issuerName = ({ server }: Pick<AcmeConfig, "server">): string =>
  `${programs.edge}-${createHash("sha256").update(server).digest("hex").slice(0, 10)}`;

/** Secret with the edge's certificate. */
export const acmeSecret = "edge-acme";
/** Secret with a user's key for Route 53, where there is no role for the pod. */
export const route53Secret = {
  name: "edge-acme-route53",
  id: "access-key-id",
  key: "secret-access-key",
} as const;

/** Label of the pods that answer for one host, by its first label. */
export const acmeHostLabel = "moat.dev/acme-host";

/** Labels of the pod that answers for a host: by the first its wall finds it, by both its Service. */
export const solverLabels = (label: string): Record<string, string> => ({
  ...selectorLabels(edgePrograms.acmeSolver),
  [acmeHostLabel]: label,
});

type IssuerSpec = NonNullable<IIssuer["spec"]>;
type Solvers = NonNullable<NonNullable<IssuerSpec["acme"]>["solvers"]>;

/** `hosts`: the edge's, by first label. */
export const issuerSpec = (config: AcmeConfig, hosts: Readonly<Record<string, string>>): IssuerSpec => ({
  acme: {
    email: config.email,
    server: config.server,
    ...(config.serverCa !== undefined && { caBundle: Buffer.from(config.serverCa).toString("base64") }),
    privateKeySecretRef: { name: "edge-acme-account" },
    solvers: solvers(config, hosts),
  },
});

function solvers({ challenge }: AcmeConfig, hosts: Readonly<Record<string, string>>): Solvers {
  switch (challenge.type) {
    case "http01":
      return Object.entries(hosts).map(([label, host]) => ({
        selector: { dnsNames: [host] },
        http01: {
          ingress: {
            // The edge routes by its own file. Nobody serves this class, so no other program in the cluster opens a second way.
            ingressClassName: "moat-edge",
            serviceType: "ClusterIP",
            podTemplate: { metadata: { labels: solverLabels(label) } },
          },
        },
      }));
    case "route53":
      return [
        {
          dns01: {
            route53: {
              hostedZoneID: challenge.zoneId,
              ...(challenge.identity.type === "accessKey" && {
                region: "us-east-1",
                accessKeyIDSecretRef: { name: route53Secret.name, key: route53Secret.id },
                secretAccessKeySecretRef: { name: route53Secret.name, key: route53Secret.key },
              }),
            },
          },
        },
      ];
    case "designate":
      return [{ dns01: { webhook: { groupName: solverGroup, solverName } } }];
  }
}

/** Renewed when two thirds of its life are over, whatever its length: authorities make them shorter and shorter. */
export const certificateSpec = (
  issuer: string,
  hosts: Readonly<Record<string, string>>,
): NonNullable<ICertificate["spec"]> => ({
  secretName: acmeSecret,
  dnsNames: Object.values(hosts),
  privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
  usages: ["digital signature", "server auth"],
  issuerRef: { group: "cert-manager.io", kind: "Issuer", name: issuer },
  // Of requests, which are of no use once they were answered.
  revisionHistoryLimit: 1,
});
