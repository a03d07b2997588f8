/** What is wrong with a certificate that somebody gave: told before anything is created, as clients would only say "TLS error". Pure but for the clock. */
import { type KeyObject, X509Certificate } from "node:crypto";

/** A mistake in the certificate and its mend. */
export interface Flaw {
  readonly reason: string;
  readonly mend: string;
}

/** Kinds of key for which the edge has cipher suites. */
export type KeyAlgorithm = "ecdsa" | "rsa";

/** The certificates of a PEM text, in their order. Throws when one cannot be read. */
export const certificatesOf = (pem: string): X509Certificate[] =>
  (pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []).map(
    (one) => new X509Certificate(one),
  );

/** Flaws of a chain that is to serve the hosts: of its first certificate, and of how each is signed by the next. */
export function flawsOf(pem: string, hosts: readonly string[], now: Date = new Date()): Flaw[] {
  const chain = readable(pem);
  const [server] = chain;
  if (server === undefined)
    return [
      { reason: "cannot be read", mend: "paste the PEM as the authority sent it, line breaks included" },
    ];
  return [
    ...timeFlaws(chain, now),
    ...nameFlaws(server, hosts),
    ...chainFlaws(chain),
    ...keyFlaws(server.publicKey),
  ];
}

function readable(pem: string): X509Certificate[] {
  try {
    return certificatesOf(pem);
  } catch {
    return [];
  }
}

const timeFlaws = (chain: readonly X509Certificate[], now: Date): Flaw[] =>
  chain.flatMap((certificate) => {
    const who = nameOf(certificate);
    if (new Date(certificate.validTo) <= now)
      return [{ reason: `${who} ended on ${certificate.validTo}`, mend: "renew it: clients refuse it" }];
    return new Date(certificate.validFrom) > now
      ? [
          {
            reason: `${who} begins only on ${certificate.validFrom}`,
            mend: "wait, or give one that is valid now",
          },
        ]
      : [];
  });

function nameFlaws(server: X509Certificate, hosts: readonly string[]): Flaw[] {
  const missing = hosts.filter((host) => server.checkHost(host, { subject: "never" }) === undefined);
  return missing.length === 0
    ? []
    : [
        {
          reason: `${nameOf(server)} is not for ${missing.join(", ")}`,
          mend: `put the certificate of the server first, and have it issued for ${hosts.join(", ")} as alternative names`,
        },
      ];
}

function chainFlaws(chain: readonly X509Certificate[]): Flaw[] {
  const [server] = chain;
  if (server?.verify(server.publicKey) === true)
    return [
      {
        reason: `${nameOf(server)} is signed by itself`,
        mend: "give one that an authority signed, or leave it to the private CA: kind privateCa",
      },
    ];
  return chain.slice(0, -1).flatMap((certificate, i) => {
    const signer = chain[i + 1];
    return signer === undefined || (certificate.checkIssued(signer) && certificate.verify(signer.publicKey))
      ? []
      : [
          {
            reason: `${nameOf(certificate)} is not signed by ${nameOf(signer)}, which comes next`,
            mend: "put behind each certificate the one that signed it",
          },
        ];
  });
}

function keyFlaws(key: KeyObject): Flaw[] {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  const strong =
    algorithmOf(key) === "rsa"
      ? modulusLength >= 2048
      : ["prime256v1", "secp384r1"].includes(namedCurve ?? "");
  return strong
    ? []
    : [
        {
          reason: `its key (${[key.asymmetricKeyType, namedCurve ?? modulusLength].join(" ")}) is one that clients do not know or that is too weak`,
          mend: "have it issued for a key on P-256 or P-384, or RSA of 2048 bits or more",
        },
      ];
}

/** By which cipher suites go. Keys of any other kind are refused. */
export const algorithmOf = (key: KeyObject): KeyAlgorithm =>
  key.asymmetricKeyType === "rsa" ? "rsa" : "ecdsa";

const nameOf = ({ subject, serialNumber }: X509Certificate): string =>
  subject ? `"${subject.replaceAll("\n", ", ")}"` : `the certificate ${serialNumber}`;
