/** Certificates of readers: they say who it is and nothing more, and serve for nothing else. */
import { isSecret } from "@pulumi/pulumi";
import { ClientAuthority, ClientCertificate } from "../../../components/trust/clientAuthority";
import { type Made, madeBy, ofType } from "../../support/mocks";

let made: Made[];
let authority: ClientAuthority | undefined;
let certificate: ClientCertificate | undefined;
beforeAll(async () => {
  made = await madeBy(() => {
    authority = new ClientAuthority("readers");
    certificate = new ClientCertificate("alpha", { authority, user: "moat:grafana:alpha" });
  });
});

test("a certificate names one user, and no group: an organisation would be one", () => {
  expect(ofType(made, "tls:index/certRequest:CertRequest").map((r) => r.inputs.subject)).toEqual([
    { commonName: "moat:grafana:alpha" },
  ]);
});

test("it is good for clients only, for 90 days, and is renewed in the last 30", () => {
  expect(ofType(made, "tls:index/locallySignedCert:LocallySignedCert").map((r) => r.inputs)).toMatchObject([
    {
      allowedUses: ["digital_signature", "client_auth"],
      validityPeriodHours: 90 * 24,
      earlyRenewalHours: 30 * 24,
    },
  ]);
});

test("it is signed by an authority of its own, with a key of its own", () => {
  expect(ofType(made, "tls:index/privateKey:PrivateKey").map((r) => r.name)).toEqual([
    "readers-key",
    "alpha-key",
  ]);
  expect(ofType(made, "tls:index/selfSignedCert:SelfSignedCert").map((r) => r.inputs)).toMatchObject([
    { isCaCertificate: true, subject: { commonName: "moat readers CA" } },
  ]);
});

test("private keys are secrets", async () => {
  expect(authority && (await isSecret(authority.privateKeyPem))).toBe(true);
  expect(certificate && (await isSecret(certificate.privateKeyPem))).toBe(true);
});
