/** Tokens that nobody issued: changed ones, unsigned ones, and ones signed by the wrong hand or for the wrong time. */
import { createHmac, createSign, generateKeyPairSync, type KeyLike } from "node:crypto";
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

/** Signed by anything, under the token's own key id. */
export function signedBy(token: string, change: Claims, key: KeyLike): string {
  const content = `${encode(headerOf(token))}.${encode({ ...claimsOf(token), ...change })}`;
  return `${content}.${createSign("RSA-SHA256").update(content).sign(key, "base64url")}`;
}

/** Signed with a public text as if it were a shared secret. */
export function signedWithPublicText(token: string, change: Claims, text: string): string {
  const header = { ...headerOf(token), alg: "HS256" };
  const content = `${encode(header)}.${encode({ ...claimsOf(token), ...change })}`;
  return `${content}.${createHmac("sha256", text).update(content).digest("base64url")}`;
}

/** A key that the cluster does not know. */
export const strangeKey = (): KeyLike => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
