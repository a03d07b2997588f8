/** The private CA and the certificates that it signs. */
import { authority, PrivateCa } from "../../../components/trust/privateCa";
import { chain, ServerCertificate } from "../../../components/trust/serverCertificate";
import { type Made, madeBy, objects, ofType } from "../../support/mocks";
import { validateAll } from "../../support/schemas";
import { settled } from "../../support/settled";

const namespace = "platform";
const day = 24;

describe("the authority", () => {
  test("lasts ten years, and the last of them is for its renewal", () => {
    expect(authority("key")).toMatchObject({
      isCaCertificate: true,
      validityPeriodHours: 3650 * day,
      earlyRenewalHours: 365 * day,
    });
  });

  test("may last shorter, and is renewed in the last tenth all the same", () => {
    expect(authority("key", 30)).toMatchObject({ validityPeriodHours: 30 * day, earlyRenewalHours: 3 * day });
  });

  test("gives clients its certificate, and the cluster never its key", async () => {
    const made = await madeBy(() => new PrivateCa("ca", { namespace }));
    expect(objects(made).map(({ inputs }) => [inputs.kind, inputs.data])).toEqual([
      ["ConfigMap", { "ca.crt": "authority" }],
    ]);
    expect(validateAll(made)).toEqual([]);
  });
});

describe("a server's certificate", () => {
  let made: Made[];
  let notAfter: string;
  beforeAll(async () => {
    let certificate: ServerCertificate | undefined;
    made = await madeBy(() => {
      const ca = new PrivateCa("ca", { namespace });
      certificate = new ServerCertificate("server", { ca, namespace, dnsNames: ["a.example", "b.example"] });
    });
    notAfter = await settled(certificate?.notAfter ?? "");
  });

  test("lies in a Secret with its chain, its key and whom to trust", () => {
    expect(objects(made, "Secret").map(({ inputs }) => inputs)).toMatchObject([
      {
        metadata: { name: "server", namespace },
        type: "kubernetes.io/tls",
        stringData: { "tls.crt": "server\nauthority\n", "tls.key": "private key", "ca.crt": "authority" },
      },
    ]);
    expect(validateAll(made)).toEqual([]);
  });

  test("is for these names, for servers only, for 90 days of which 30 are for its renewal", () => {
    expect(ofType(made, "tls:index/certRequest:CertRequest")[0]?.inputs.dnsNames).toEqual([
      "a.example",
      "b.example",
    ]);
    expect(ofType(made, "tls:index/locallySignedCert:LocallySignedCert")[0]?.inputs).toMatchObject({
      allowedUses: ["digital_signature", "server_auth"],
      validityPeriodHours: 90 * day,
      earlyRenewalHours: 30 * day,
    });
  });

  test("is for clients only, where that is asked for", async () => {
    const shown = await madeBy(() => {
      const ca = new PrivateCa("ca", { namespace });
      return void new ServerCertificate("client", { ca, namespace, dnsNames: ["a.example"], use: "client" });
    });
    expect(ofType(shown, "tls:index/locallySignedCert:LocallySignedCert")[0]?.inputs).toMatchObject({
      allowedUses: ["digital_signature", "client_auth"],
    });
  });

  test("has keys on P-256", () => {
    for (const { inputs } of ofType(made, "tls:index/privateKey:PrivateKey")) {
      expect(inputs).toMatchObject({ algorithm: "ECDSA", ecdsaCurve: "P256" });
    }
  });

  test("tells when it ends", () => {
    expect(notAfter).toBe("2027-01-01T00:00:00Z");
  });
});

test.each([
  [["a\n", "b\n"], "a\nb\n"],
  [["a", "b"], "a\nb\n"],
])("a chain of %j has one line break after each", (certificates, expected) => {
  expect(chain(certificates)).toBe(expected);
});
