/** Line 19 of the checklist, for everything that the engine holds as a secret: private keys and hashes as well as passwords. */
import { z } from "zod";
import { type Environment, environment } from "../support/live/environment";
import { tenantClient } from "../support/live/gateway";
import { send } from "../support/live/http";
import { kubectl, pods } from "../support/live/kubectl";
import { exportState } from "../support/live/pulumi";
import { platformNamespace } from "../support/live/settings";

let env: Environment;
/** Passwords, S3 keys and hashes; private keys line by line; each also as Kubernetes writes it in a Secret. */
let secrets: readonly string[];

beforeAll(async () => {
  env = await environment();
  const plain = await exportState("--show-secrets");
  const values = secretValues(JSON.parse(plain)).map((value) => value.trim());
  const words = values.filter((v) => !v.includes("\n") && v.length >= 16);
  // The form of OpenSSH holds the public key as well, in the same words as the public one does.
  const keys = new Set(values.filter((v) => /^-----BEGIN (?!OPENSSH)[A-Z ]*PRIVATE KEY-----/.test(v)));
  const lines = [...keys].flatMap((key) => key.split("\n").filter((l) => /^[^-]{40,}/.test(l)));
  const encoded = words.map((v) => Buffer.from(v).toString("base64").replace(/=+$/, ""));
  secrets = [...new Set([...words, ...encoded, ...lines])];
  // The search knows what to look for, and finds it where it does stand.
  expect(secrets).toContain(env.queryPassword);
  expect(keys.size).toBeGreaterThan(0);
  expect(found(plain, [...words, ...lines])).toEqual([...words, ...lines]);
}, 120_000);

const found = (text: string, words: readonly string[]): string[] => words.filter((s) => text.includes(s));

/** What a failed test may say about it. */
const masked = (secret: string): string => `${secret.slice(0, 4)}… of ${secret.length} characters`;

test("the exported state has no secret of the engine's in the clear", async () => {
  const state = await exportState();
  expect(state).toContain("ciphertext");
  expect(found(state, secrets).map(masked)).toEqual([]);
}, 60_000);

test("no container of the platform logs one, nor the token or password of a request", async () => {
  const alpha = await tenantClient(env, "alpha");
  await alpha.query("up");
  const password = Buffer.from(`admin:${env.queryPassword}`).toString("base64");
  const headers = [["Authorization", `Basic ${password}`]] as const;
  const ui = { url: env.queryUrl, ca: env.caCertificate };
  expect((await send(ui, { path: "/api/v1/query?query=up", headers })).status).toBe(200);
  const [, claims = "", signature = ""] = alpha.token.split(".");
  expect(signature).not.toBe("");

  const words = [...secrets, password, claims, signature];
  const shown: string[] = [];
  let characters = 0;
  for (const { metadata, spec } of await pods(platformNamespace)) {
    for (const { name } of spec.containers) {
      const log = await kubectl(["logs", "-n", platformNamespace, metadata.name, "-c", name]);
      characters += log.length;
      shown.push(...found(log, words).map((s) => `${metadata.name}/${name}: ${masked(s)}`));
    }
  }
  expect(characters).toBeGreaterThan(10_000);
  expect(shown).toEqual([]);
}, 120_000);

const secret = z.object({ plaintext: z.string() });

/** All texts that are marked as secret, except what is public by its nature: certificates, and checksums in the annotations of pods. */
function secretValues(value: unknown): string[] {
  const held = secret.safeParse(value);
  if (held.success) return texts(JSON.parse(held.data.plaintext)).filter((t) => !isPublic(t));
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(secretValues);
}

function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}

const isPublic = (text: string): boolean =>
  [text, Buffer.from(text, "base64").toString()].some((t) => t.startsWith("-----BEGIN CERTIFICATE-----")) ||
  /^[0-9a-f]{64}$/.test(text);
