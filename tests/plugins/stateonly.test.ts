/** The stand-ins for @pulumi/random and @pulumi/tls, and the preview-only one, with the real Pulumi CLI. */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Stack } from "./support/stack";

let stack: Stack;
beforeEach(async () => {
  stack = await new Stack().init();
});
afterEach(() => stack.close());

const stateText = (): string => readFileSync(join(stack.dir, "state/.pulumi/stacks/test/test.json"), "utf8");

describe("random", () => {
  const program = (keeper: string, options = "{}") => `
    const keepers = { generation: "${keeper}" };
    const password = new random.RandomPassword("password", { length: 24, minSpecial: 2, overrideSpecial: "_-", keepers }, ${options});
    const text = new random.RandomString("text", { length: 10, upper: false, special: false, keepers });
    const id = new random.RandomId("id", { byteLength: 6, prefix: "moat-", keepers });
    const bytes = new random.RandomBytes("bytes", { length: 16, keepers });
    Object.assign(exports, { password: password.result, hash: password.bcryptHash, text: text.result,
      hex: id.hex, dec: id.dec, b64Url: id.b64Url, id: id.id, bytes: bytes.base64 });`;

  test("draws once, keeps what was drawn, and draws anew when a keeper changes", async () => {
    expect((await stack.preview(program("1"))).changes).toMatchObject({ create: 5 });
    await stack.up(program("1"));
    const first = await stack.outputs();
    expect(first).toEqual({
      password: expect.stringMatching(/^(?=(.*[_-]){2})[A-Za-z0-9_-]{24}$/),
      hash: expect.stringMatching(/^\$2a\$10\$.{53}$/),
      text: expect.stringMatching(/^[a-z0-9]{10}$/),
      hex: expect.stringMatching(/^moat-[0-9a-f]{12}$/),
      dec: expect.stringMatching(/^moat-\d+$/),
      b64Url: expect.stringMatching(/^moat-[\w-]{8}$/),
      id: expect.stringMatching(/^[\w-]{8}$/),
      bytes: expect.stringMatching(/^[\w+/]{22}==$/),
    });
    expect(stateText()).not.toContain(first.password);
    await stack.preview(program("1"), "--expect-no-changes");
    await stack.preview(program("1"), "--refresh", "--expect-no-changes");
    expect((await stack.up(program("2"))).changes).toMatchObject({ replace: 4 });
    const second = await stack.outputs();
    for (const [name, value] of Object.entries(first)) {
      expect(second[name]).not.toBe(value);
    }
  });

  test("says what is wrong with the arguments, and what it does not support", async () => {
    const least = 'new random.RandomPassword("p", { length: 3, minUpper: 4 });';
    expect((await stack.failing("preview", least)).text).toMatch(/length 3 is less than the sum of .*, 4/);
    const pet = 'new random.RandomPet("p");';
    expect((await stack.failing("preview", pet)).text).toMatch(
      /does not support .*RandomPet.*install the official one/,
    );
  });
});

describe("tls", () => {
  const program = (hours: number, early: number) => `
    const caKey = new tls.PrivateKey("ca", { algorithm: "ECDSA", ecdsaCurve: "P256" });
    const ca = new tls.SelfSignedCert("ca", { privateKeyPem: caKey.privateKeyPem, isCaCertificate: true,
      validityPeriodHours: 8760, subject: { commonName: "moat", organization: "Moat" }, allowedUses: ["cert_signing", "crl_signing"] });
    const key = new tls.PrivateKey("key", { algorithm: "RSA", rsaBits: 2048 });
    const request = new tls.CertRequest("request", { privateKeyPem: key.privateKeyPem, dnsNames: ["gateway.localhost"],
      ipAddresses: ["127.0.0.1"], subject: { commonName: "gateway" } });
    const cert = new tls.LocallySignedCert("cert", { certRequestPem: request.certRequestPem, caPrivateKeyPem: caKey.privateKeyPem,
      caCertPem: ca.certPem, validityPeriodHours: ${hours}, earlyRenewalHours: ${early}, allowedUses: ["digital_signature", "server_auth"] });
    Object.assign(exports, { ca: ca.certPem, cert: cert.certPem, key: key.privateKeyPem, ready: cert.readyForRenewal, end: cert.validityEndTime });`;

  test("makes a chain that verifies, keeps keys secret, and changes nothing until the renewal", async () => {
    await stack.preview(program(100, 10));
    await stack.up(program(100, 10));
    const out = await stack.outputs();
    const [ca, cert] = [new X509Certificate(String(out.ca)), new X509Certificate(String(out.cert))];
    expect(cert.verify(ca.publicKey)).toBe(true);
    expect(cert.checkIssued(ca)).toBe(true);
    expect(ca.ca).toBe(true);
    expect(cert.checkHost("gateway.localhost")).toBe("gateway.localhost");
    expect(cert.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(out.ready).toBe(false);
    expect(stateText()).not.toContain("PRIVATE KEY");
    await stack.preview(program(100, 10), "--expect-no-changes");
    await stack.preview(program(100, 10), "--refresh", "--expect-no-changes");
    expect((await stack.up(program(100, 20))).steps).toEqual([
      "update tls:index/locallySignedCert:LocallySignedCert cert",
    ]);
    expect((await stack.outputs()).cert).toBe(out.cert);
  });

  test("renews a certificate that is near its end at the next update", async () => {
    await stack.up(program(10, 1));
    const before = await stack.outputs();
    expect((await stack.up(program(10, 11))).steps[0]).toBe(
      "create-replacement tls:index/locallySignedCert:LocallySignedCert cert",
    );
    expect((await stack.outputs()).cert).not.toBe(before.cert);
  });

  test("says what is wrong with the arguments", async () => {
    const weak = 'new tls.PrivateKey("k", { algorithm: "RSA", rsaBits: 512 });';
    expect((await stack.failing("preview", weak)).text).toMatch(/rsaBits must be at least 2048/);
    const use = `new tls.SelfSignedCert("c", { privateKeyPem: "x", validityPeriodHours: 1, allowedUses: ["sign"] });`;
    expect((await stack.failing("preview", use)).text).toMatch(/allowedUses: "sign" is not a use/);
  });
});

describe("a provider without its plugin", () => {
  const bucket =
    'const b = new pulumi.CustomResource("aws:s3/bucketV2:BucketV2", "b", { bucket: "x", arn: undefined });';

  test("can be previewed, and refuses to pretend", async () => {
    expect((await stack.preview(bucket)).changes).toMatchObject({ create: 2 });
    const refused = await stack.failing("up", bucket);
    expect(refused.text).toMatch(
      /cannot create aws:s3\/bucketV2:BucketV2.*only previews.*pulumi plugin install resource aws /,
    );
  });
});
