/** A certificate that somebody gave: every mistake that clients would meet is told before, in words. */
import { algorithmOf, certificatesOf, flawsOf } from "../../../config/givenCertificate";
import { certificate, ed25519, type Pair, rsa } from "../../support/certificates";

const hosts = ["metrics.moat.example", "query.moat.example"];
let root: Pair;
let intermediate: Pair;
let server: Pair;
beforeAll(() => {
  root = certificate({ subject: "root", days: 3650 });
  intermediate = certificate({ subject: "intermediate", signer: root, days: 365 });
  server = certificate({ subject: "server", hosts, signer: intermediate });
});

const reasons = (pem: string, now?: Date) => flawsOf(pem, hosts, now).map((flaw) => flaw.reason);
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);

test("a chain serves, with its root or without", () => {
  expect(reasons(server.certificate + intermediate.certificate)).toEqual([]);
  expect(reasons(server.certificate + intermediate.certificate + root.certificate)).toEqual([]);
});

test("a wildcard stands for all hosts", () => {
  const wildcard = certificate({ subject: "w", hosts: ["*.moat.example"], signer: root });
  expect(reasons(wildcard.certificate)).toEqual([]);
});

test("what cannot be read is told, wherever it is in the chain", () => {
  const broken = "-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n";
  expect(reasons(broken)).toEqual(["cannot be read"]);
  expect(reasons(server.certificate + broken)).toEqual(["cannot be read"]);
});

test("one that ended, and one that has not begun", () => {
  expect(reasons(server.certificate, inDays(91))).toEqual([expect.stringMatching(/^"CN=server" ended on /)]);
  expect(reasons(server.certificate, inDays(-2))).toEqual([
    expect.stringMatching(/^"CN=server" begins only on /),
  ]);
  expect(reasons(server.certificate + intermediate.certificate, inDays(400))).toHaveLength(2);
});

test("hosts that it is not for are named; the subject does not count", () => {
  const other = certificate({ subject: "query.moat.example", hosts: ["metrics.moat.example"], signer: root });
  expect(reasons(other.certificate)).toEqual(['"CN=query.moat.example" is not for query.moat.example']);
});

test("a chain in the wrong order, or of strangers", () => {
  const stranger = certificate({ subject: "intermediate" });
  expect(reasons(server.certificate + root.certificate)).toEqual([
    '"CN=server" is not signed by "CN=root", which comes next',
  ]);
  expect(reasons(server.certificate + stranger.certificate)).toEqual([
    '"CN=server" is not signed by "CN=intermediate", which comes next',
  ]);
  expect(reasons(intermediate.certificate + server.certificate)).toContain(
    '"CN=intermediate" is not for metrics.moat.example, query.moat.example',
  );
});

test("one that is signed by itself is none that clients trust", () => {
  expect(reasons(certificate({ subject: "alone", hosts }).certificate)).toEqual([
    '"CN=alone" is signed by itself',
  ]);
});

test.each([
  [rsa(1024), "rsa 1024"],
  [ed25519, "ed25519 0"],
  [["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"], "ec secp256k1"],
])("a key that clients do not know or break: %j", (key, words) => {
  const weak = certificate({ subject: "weak", hosts, signer: root, key });
  expect(reasons(weak.certificate)).toEqual([expect.stringContaining(`its key (${words})`)]);
});

test("cipher suites go by its key", () => {
  const of = (pem: string) => certificatesOf(pem).map((c) => algorithmOf(c.publicKey));
  expect(of(server.certificate)).toEqual(["ecdsa"]);
  expect(of(certificate({ subject: "r", hosts, signer: root, key: rsa(2048) }).certificate)).toEqual(["rsa"]);
});
