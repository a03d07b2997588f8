/** A private CA, and a certificate for AWS's names in one region. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { must } from "../shell";

export interface Certificates {
  /** Certificate of the CA. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** By which clients ask. Names of buckets stand before those of S3; with both kinds of address it has a name of its own. */
const namesOf = (region: string): string[] => [
  "*.amazonaws.com",
  `*.${region}.amazonaws.com`,
  `*.s3.${region}.amazonaws.com`,
  `s3.dualstack.${region}.amazonaws.com`,
  `*.s3.dualstack.${region}.amazonaws.com`,
];

const common = [
  "req",
  "-x509",
  "-newkey",
  "ec",
  "-pkeyopt",
  "ec_paramgen_curve:P-256",
  "-nodes",
  "-days",
  "2",
];

const extensions = (...lines: readonly string[]): string[] => lines.flatMap((line) => ["-addext", line]);

/** Writes them into `folder`, and gives their paths. */
export async function makeCertificates(folder: string, region: string): Promise<Certificates> {
  const path = (file: string): string => join(folder, file);
  const made = { ca: path("ca.crt"), certificate: path("server.crt"), key: path("server.key") };
  const openssl = (...args: readonly string[]): Promise<string> =>
    must("openssl", [...common, ...args], { advice: "install openssl 3, then run again" });
  await openssl(
    ...["-subj", "/CN=moat test AWS CA", "-keyout", path("ca.key"), "-out", made.ca],
    ...extensions("keyUsage=critical,keyCertSign,cRLSign"),
  );
  const names = ["IP:127.0.0.1", ...namesOf(region).map((name) => `DNS:${name}`)];
  await openssl(
    ...["-CA", made.ca, "-CAkey", path("ca.key"), "-subj", "/CN=moat test AWS"],
    ...["-keyout", made.key, "-out", made.certificate],
    ...extensions(
      `subjectAltName=${names.join(",")}`,
      "basicConstraints=critical,CA:FALSE",
      "extendedKeyUsage=serverAuth",
    ),
  );
  // Nothing else will be signed.
  rmSync(path("ca.key"));
  return made;
}
