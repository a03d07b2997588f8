/** A private CA and one certificate for all services that speak TLS. */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeServerCertificate } from "../serverCertificate";
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
  await makeServerCertificate({
    of: "moat test cloud",
    names: [`IP:${network.services}`],
    days: 30,
    ca: { certificate: `${folder}/ca.crt`, key: `${folder}/ca.key` },
    server: tls,
    openssl: (...args) => must(...inTree(tree, ["/usr/bin/openssl", ...args])),
  });
  rmSync(join(folders.state, "pki/ca.key"));
}
