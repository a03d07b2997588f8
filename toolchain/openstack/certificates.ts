/** A private CA and one certificate for all services that speak TLS. */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { must } from "../shell";
import { inTree } from "./network";
import { folders, inside, network } from "./settings";

const folder = join(inside, "pki");

/** Where the services see them. */
export const tls = { certificate: `${folder}/server.crt`, key: `${folder}/server.key` } as const;

/** Where clients on this machine see the CA. */
export const caFile = join(folders.state, "pki/ca.crt");

export const readCa = (): string => readFileSync(caFile, "utf8");

export async function makeCertificates(tree: string): Promise<void> {
  mkdirSync(join(folders.state, "pki"), { recursive: true, mode: 0o700 });
  const common = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-days",
    "30",
  ];
  const openssl = (...args: string[]): Promise<string> =>
    must(...inTree(tree, ["/usr/bin/openssl", ...args]));
  await openssl(
    ...common,
    "-subj",
    "/CN=moat test cloud CA",
    "-addext",
    "keyUsage=critical,keyCertSign,cRLSign",
    "-keyout",
    `${folder}/ca.key`,
    "-out",
    `${folder}/ca.crt`,
  );
  await openssl(
    ...common,
    "-CA",
    `${folder}/ca.crt`,
    "-CAkey",
    `${folder}/ca.key`,
    "-subj",
    "/CN=moat test cloud",
    "-addext",
    `subjectAltName=IP:${network.services}`,
    "-addext",
    "basicConstraints=critical,CA:FALSE",
    "-addext",
    "extendedKeyUsage=serverAuth",
    "-keyout",
    tls.key,
    "-out",
    tls.certificate,
  );
  // Nothing else will be signed.
  rmSync(join(folders.state, "pki/ca.key"));
}
