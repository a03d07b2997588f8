/** Authorities and certificates that tests make with openssl, right ones and wrong ones. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Wanted {
  readonly commonName: string;
  readonly organization?: string;
  /** For which use. Default: `clientAuth`. */
  readonly use?: "clientAuth" | "serverAuth";
  /** Names of a server. */
  readonly dnsNames?: readonly string[];
  /** Days until it ends; below 0 it has ended. Default: 1. */
  readonly days?: number;
}

function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "moat-certificates-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function openssl(folder: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync("openssl", args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
}

const newKey = (folder: string) =>
  openssl(folder, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "key");

const made = (folder: string): KeyPair => ({
  certificate: readFileSync(join(folder, "certificate"), "utf8"),
  key: readFileSync(join(folder, "key"), "utf8"),
});

/** An authority that nobody knows. */
export const newAuthority = (commonName: string): KeyPair =>
  inFolder((folder) => {
    newKey(folder);
    openssl(
      folder,
      "req",
      "-x509",
      "-new",
      "-key",
      "key",
      "-subj",
      `/CN=${commonName}`,
      "-days",
      "2",
      "-out",
      "certificate",
    );
    return made(folder);
  });

/** A certificate as an authority would sign it. */
export const signedBy = (authority: KeyPair, wanted: Wanted): KeyPair =>
  inFolder((folder) => {
    const { commonName, organization, use = "clientAuth", dnsNames = [], days = 1 } = wanted;
    writeFileSync(join(folder, "authority"), authority.certificate);
    writeFileSync(join(folder, "authority-key"), authority.key);
    const names = dnsNames.length > 0 ? [`subjectAltName=${dnsNames.map((n) => `DNS:${n}`).join(",")}`] : [];
    writeFileSync(join(folder, "extensions"), [`extendedKeyUsage=${use}`, ...names, ""].join("\n"));
    newKey(folder);
    const subject = `${organization === undefined ? "" : `/O=${organization}`}/CN=${commonName}`;
    openssl(folder, "req", "-new", "-key", "key", "-subj", subject, "-out", "request");
    openssl(
      folder,
      ...["x509", "-req", "-in", "request", "-CA", "authority", "-CAkey", "authority-key"],
      ...["-days", String(days), "-extfile", "extensions", "-out", "certificate"],
    );
    return made(folder);
  });
