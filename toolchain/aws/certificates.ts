/** A private CA, and a certificate for AWS's names in one region. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { makeServerCertificate } from "../serverCertificate";
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

/** Writes them into `folder`, and gives their paths. */
export async function makeCertificates(folder: string, region: string): Promise<Certificates> {
  const path = (file: string): string => join(folder, file);
  const made = { ca: path("ca.crt"), certificate: path("server.crt"), key: path("server.key") };
  const caKey = path("ca.key");
  await makeServerCertificate({
    of: "moat test AWS",
    names: ["IP:127.0.0.1", ...namesOf(region).map((name) => `DNS:${name}`)],
    days: 2,
    ca: { certificate: made.ca, key: caKey },
    server: made,
    openssl: (...args) => must("openssl", args, { advice: "install openssl 3, then run again" }),
  });
  rmSync(caKey);
  return made;
}
