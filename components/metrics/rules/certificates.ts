/** When do certificates end? */
import { type Input, output } from "@pulumi/pulumi";
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

export const certificateAlerts: Alert[] = [
  {
    name: "CertificateNearExpiry",
    // Traefik tells the dates of those that it serves.
    expr:
      `(${certificateMetric} - time() < ${dueDays * day}) ` +
      `or (label_replace(min by (cn) (traefik_tls_certs_not_after), "certificate", "$1", "cn", "(.*)") - time() < ${dueDays * day})`,
    for: "1h",
    severity: "warning",
    summary: "The certificate of {{ $labels.certificate }} ends in {{ $value | humanizeDuration }}",
    description: `It should have been renewed by now. When it ends, clients refuse to talk to it.`,
  },
];
