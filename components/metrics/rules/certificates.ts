/** When do certificates end? */
import { type Input, output } from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../../config";
import { edgePrograms, programs } from "../../names";
import type { Alert, Rule } from "./alert";

export const certificateMetric = "moat_certificate_not_after_seconds";

/**
 * The read gateway exposes no metric of its certificate, so the date is recorded as it was issued. Issuing anew and changing this
 * rule are one `pulumi up`. `notAfter` is RFC 3339.
 */
export const certificateRule = (certificate: string, notAfter: Input<string>): Rule => ({
  record: certificateMetric,
  expr: output(notAfter).apply((date) => `vector(${toUnix(date)})`),
  labels: { certificate },
});

/** Seconds since 1970. */
export function toUnix(date: string): number {
  const milliseconds = Date.parse(date);
  if (Number.isNaN(milliseconds))
    throw new RangeError(`"${date}" is not a date such as 2030-01-31T12:00:00Z`);
  return Math.floor(milliseconds / 1000);
}

const day = 86_400;
const dueDays = 14;

/**
 * When the edge's certificate ends, in the pod that has the oldest. Traefik goes on telling the dates of certificates that it served before,
 * so the latest of each pod counts.
 */
const edgeServes = `min(max by (pod) (traefik_tls_certs_not_after{job="${programs.edge}"}))`;

const nearExpiry: Alert[] = [
  {
    name: "CertificateNearExpiry",
    expr:
      `(${certificateMetric} - time() < ${dueDays * day}) ` +
      `or (label_replace(${edgeServes}, "certificate", "${programs.edge}", "", "") - time() < ${dueDays * day})`,
    for: "1h",
    severity: "warning",
    summary: "The certificate of {{ $labels.certificate }} ends in {{ $value | humanizeDuration }}",
    description: `It should have been renewed by now. When it ends, clients refuse to talk to it.`,
  },
];

const manager = `job="${edgePrograms.certManager}"`;

/** Of a certificate that an authority gives: there may be none yet, and Traefik must take each new one by itself. */
const acmeAlerts: Alert[] = [
  {
    name: "EdgeCertificateMissing",
    expr: `absent(traefik_tls_certs_not_after{job="${programs.edge}"}) and on () (count(up{job="${programs.edge}"} == 1) > 0)`,
    for: "30m",
    severity: "critical",
    summary: "The edge has no certificate",
    description:
      "It refuses every connection, as it has nothing to show. Clients inside the cluster reach the read gateway directly.",
  },
];

/** Of a cert-manager of our own, whose metrics the platform has. */
const managerAlerts: Alert[] = [
  {
    name: "CertificateNotReady",
    expr: `max by (name) (certmanager_certificate_ready_status{${manager},condition!="True"}) == 1`,
    for: "1h",
    severity: "warning",
    summary: "cert-manager has not got the certificate {{ $labels.name }} for an hour",
    description: "The one before it serves until it ends; a new environment has none.",
  },
  {
    name: "CertificateRenewalFailing",
    // 0 stands for none that could be renewed.
    expr: `time() - max by (name) (certmanager_certificate_renewal_timestamp_seconds{${manager}} > 0) > ${6 * 3600}`,
    for: "15m",
    severity: "warning",
    summary:
      "The certificate {{ $labels.name }} should have been renewed {{ $value | humanizeDuration }} ago",
    description:
      "A third of its life is left then. cert-manager tries again in longer and longer intervals, and the old one serves until it ends.",
  },
  {
    name: "EdgeServesOldCertificate",
    expr: `${edgeServes} < max(certmanager_certificate_expiration_timestamp_seconds{${manager},name="${programs.edge}"})`,
    // The kubelet brings files of Secrets into pods within two minutes.
    for: "30m",
    severity: "warning",
    summary: "The edge shows a certificate that cert-manager has renewed since",
    description: "It will end under running programs, although there is a new one.",
  },
];

export const certificateAlerts = ({ edge: { tls } }: Pick<EnvironmentConfig, "edge">): Alert[] => [
  ...nearExpiry,
  ...(tls.kind === "acme" ? acmeAlerts : []),
  ...(tls.kind === "acme" && tls.certManager === "installed" ? managerAlerts : []),
];
