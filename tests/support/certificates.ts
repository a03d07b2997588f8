/** Certificates for tests, by the openssl of the machine: an authority, one below it, and servers. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

interface Wanted {
  readonly subject: string;
  readonly hosts?: readonly string[];
  /** Signs it. Default: itself. */
  readonly signer?: Pair;
  /** Default: a key on P-256. */
  readonly key?: readonly string[];
  readonly days?: number;
}

const p256 = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
export const rsa = (bits: number): string[] => ["-newkey", `rsa:${bits}`];
export const ed25519 = ["-newkey", "ed25519"];

export function certificate(wanted: Wanted): Pair {
  const folder = mkdtempSync(join(tmpdir(), "moat-certificates-"));
  try {
    return made(folder, wanted);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function made(folder: string, { subject, hosts, signer, key = p256, days = 90 }: Wanted): Pair {
  const at = (name: string): string => join(folder, name);
  const names = hosts === undefined ? "CA:TRUE" : "CA:FALSE";
  const signedBy =
    signer === undefined
      ? []
      : ["-CA", put(at("ca.pem"), signer.certificate), "-CAkey", put(at("ca.key"), signer.key)];
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-nodes", ...key, "-subj", `/CN=${subject}`, "-days", String(days)],
      ...["-keyout", at("key"), "-out", at("pem"), "-addext", `basicConstraints=critical,${names}`],
      ...(hosts === undefined ? [] : ["-addext", `subjectAltName=${hosts.map((h) => `DNS:${h}`).join(",")}`]),
      ...signedBy,
    ],
    { stdio: "pipe" },
  );
  return { certificate: readFileSync(at("pem"), "utf8"), key: readFileSync(at("key"), "utf8") };
}

function put(path: string, content: string): string {
  writeFileSync(path, content);
  return path;
}
