/** Tokens that nobody issued: changed ones, unsigned ones, and ones signed by the wrong hand or for the wrong time. */
import { createHmac, createSign, generateKeyPairSync } from "node:crypto";
import { z } from "zod";

type Claims = Readonly<Record<string, unknown>>;

const object = z.record(z.string(), z.unknown());

const encode = (value: Claims): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const decode = (part: string | undefined): Claims =>
  object.parse(JSON.parse(Buffer.from(part ?? "", "base64url").toString()));

export const headerOf = (token: string): Claims => decode(token.split(".")[0]);
export const claimsOf = (token: string): Claims => decode(token.split(".")[1]);

/** The token with other claims under the old signature. */
export function withClaims(token: string, change: Claims): string {
  const [header = "", , signature = ""] = token.split(".");
  return [header, encode({ ...claimsOf(token), ...change }), signature].join(".");
}

/** No signature, and a header that says so. */
export const unsigned = (token: string, change: Claims, alg: string): string =>
  `${encode({ alg, typ: "JWT" })}.${encode({ ...claimsOf(token), ...change })}.`;

/** Signed by the given key (PEM), under the token's own key id. Elliptic keys want both numbers of the signature side by side (RFC 7518). */
export function signedBy(token: string, change: Claims, key: string): string {
  const content = `${encode(headerOf(token))}.${encode({ ...claimsOf(token), ...change })}`;
  const signature = createSign("SHA256")
    .update(content)
    .sign({ key, dsaEncoding: "ieee-p1363" }, "base64url");
  return `${content}.${signature}`;
}

/** Signed with a public text as if it were a shared secret. */
export function signedWithPublicText(token: string, change: Claims, text: string): string {
  const header = { ...headerOf(token), alg: "HS256" };
  const content = `${encode(header)}.${encode({ ...claimsOf(token), ...change })}`;
  return `${content}.${createHmac("sha256", text).update(content).digest("base64url")}`;
}

/** A key that the cluster does not know, of the kind that it uses. */
export function strangeKey(token: string): string {
  const { privateKey } =
    headerOf(token).alg === "ES256"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("rsa", { modulusLength: 2048 });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}
