/** A private CA for services that run for tests, and one certificate of it: what openssl is asked. */

export interface ServerCertificateArgs {
  /** What both are for: it stands in their subjects. */
  readonly of: string;
  /** Names and addresses of the server, as openssl writes them: `DNS:name`, `IP:address`. */
  readonly names: readonly string[];
  readonly days: number;
  /** Paths as openssl sees them. */
  readonly ca: Pair;
  readonly server: Pair;
  readonly openssl: (...args: readonly string[]) => Promise<string>;
}

interface Pair {
  readonly certificate: string;
  readonly key: string;
}

/** Whoever calls it takes the CA's key away: nothing else will be signed. */
export async function makeServerCertificate(args: ServerCertificateArgs): Promise<void> {
  const { of, names, days, ca, server, openssl } = args;
  const make = ({ certificate, key }: Pair, subject: string, ...more: readonly string[]) =>
    openssl(
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
      ...["-days", String(days), "-subj", `/CN=${subject}`, "-keyout", key, "-out", certificate],
      ...more,
    );
  await make(ca, `${of} CA`, ...extensions("keyUsage=critical,keyCertSign,cRLSign"));
  await make(
    server,
    of,
    ...["-CA", ca.certificate, "-CAkey", ca.key],
    ...extensions(
      `subjectAltName=${names.join(",")}`,
      "basicConstraints=critical,CA:FALSE",
      "extendedKeyUsage=serverAuth",
    ),
  );
}

const extensions = (...lines: readonly string[]): string[] => lines.flatMap((line) => ["-addext", line]);
