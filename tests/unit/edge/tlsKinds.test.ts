/** The edge with a certificate of each kind: what is made, what it may do, and how a new one gets to the programs. */
import { runtime } from "@pulumi/pulumi";
import { z } from "zod";
import { matching } from "../../../components/edge/tls/givenCertificate";
import { certificate, rsa } from "../../support/certificates";
import {
  acme,
  byKey,
  byRole,
  custom,
  designate,
  edgeWith,
  hosts,
  named,
  podOf,
  type RawTls,
  settingsOf,
} from "../../support/edge";
import { violationsIn } from "../../support/judged";
import { type Made, objects } from "../../support/mocks";
import { validateAll } from "../../support/schemas";

// They come from cert-manager's own release.
jest.mock("../../../components/edge/tls/certManagerCrds", () => ({ certManagerCrdFiles: () => [] }));

const names = Object.values(hosts);
const http01 = acme({ type: "http01" });

const kinds: readonly (readonly [string, RawTls])[] = [
  ["the private CA", { kind: "privateCa" }],
  ["ACME over HTTP", http01],
  ["ACME by Route 53 with a role", acme(byRole)],
  ["ACME by Route 53 with a key", acme(byKey)],
  ["ACME by Designate", acme({ ...designate, caCertificate: certificate({ subject: "cloud" }).certificate })],
  ["ACME by a cert-manager that is there", acme({ type: "http01" }, { certManager: "existing" })],
];

describe.each(kinds)("the edge with a certificate of %s", (_, tls) => {
  let made: Made[];
  beforeAll(async () => {
    made = await edgeWith(tls);
  });

  test("makes objects that the published schemas allow", () => {
    expect(validateAll(made)).toEqual([]);
  });

  test("breaks no rule of the pack", () => {
    expect(violationsIn(made)).toEqual([]);
  });

  test("has no rights in the cluster itself", () => {
    expect(podOf(made, "edge").spec).toMatchObject({ automountServiceAccountToken: false });
  });

  test("verifies the read gateway by the private CA", () => {
    const { routes } = settingsOf(made);
    expect(JSON.stringify(routes.http.serversTransports["read-gateway"].rootCAs)).toMatch(/ca\.crt/);
  });

  test("names no object twice", () => {
    const ids = objects(made).map(({ type, inputs }) => `${type} ${JSON.stringify(inputs.metadata)}`);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });
});

describe("by ACME", () => {
  let made: Made[];
  beforeAll(async () => {
    made = await edgeWith(http01);
  });

  test("a Certificate asks for all hosts of the edge, with a new key on P-256 each time", () => {
    expect(custom(made, "Certificate")).toMatchObject([
      {
        spec: {
          secretName: "edge-acme",
          dnsNames: names,
          privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
          issuerRef: { kind: "Issuer", name: expect.stringMatching(/^edge-[0-9a-f]{10}$/) },
        },
      },
    ]);
  });

  test("the Issuer asks Let's Encrypt unless told otherwise", async () => {
    expect(custom(made, "Issuer")).toMatchObject([
      {
        spec: {
          acme: { email: "ops@example.org", server: "https://acme-v02.api.letsencrypt.org/directory" },
        },
      },
    ]);
    const { certificate: serverCa } = certificate({ subject: "step" });
    const own = await edgeWith(
      acme({ type: "http01" }, { server: "https://ca.example/directory", serverCa }),
    );
    expect(custom(own, "Issuer")).toMatchObject([
      {
        spec: {
          acme: {
            server: "https://ca.example/directory",
            caBundle: Buffer.from(serverCa).toString("base64"),
          },
        },
      },
    ]);
  });

  test("another authority is another Issuer, as a certificate of the one before would be kept otherwise", async () => {
    const issuer = z.object({ metadata: z.object({ name: z.string() }) });
    const wanted = z.object({ spec: z.object({ issuerRef: z.object({ name: z.string() }) }) });
    const namesIn = (all: readonly Made[]) => ({
      issuer: custom(all, "Issuer").map((i) => issuer.parse(i).metadata.name),
      wanted: custom(all, "Certificate").map((c) => wanted.parse(c).spec.issuerRef.name),
    });
    const trial = namesIn(await edgeWith(acme({ type: "http01" }, { server: "https://trial.example/dir" })));
    const real = namesIn(made);
    expect(trial.wanted).toEqual(trial.issuer);
    expect(real.wanted).toEqual(real.issuer);
    expect(trial.issuer).not.toEqual(real.issuer);
  });

  test("a renewed certificate reaches running programs: it lies in the folder that Traefik watches", () => {
    const { install, routes, name } = settingsOf(made);
    expect(install.providers).toEqual({ file: { directory: "/etc/edge-live", watch: true } });
    expect(routes.tls.certificates).toEqual([
      { certFile: "/etc/edge-live/tls.crt", keyFile: "/etc/edge-live/tls.key" },
    ]);
    expect(podOf(made, "edge").spec.volumes).toContainEqual({
      name: "live",
      projected: {
        defaultMode: 0o440,
        sources: [
          { configMap: { name, items: [{ key: "routes.yml", path: "conf/routes.yml" }] } },
          {
            secret: {
              name: "edge-acme",
              // The edge must run before there is a certificate: the authority asks through it.
              optional: true,
              items: [
                { key: "tls.crt", path: "tls.crt" },
                { key: "tls.key", path: "tls.key" },
              ],
            },
          },
          { configMap: { name: "private-ca", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        ],
      },
    });
  });

  test("running programs never see new routes: those lie in a ConfigMap of another name", async () => {
    const other = await edgeWith(acme({ type: "http01" }, { email: "other@example.org" }));
    expect(settingsOf(other).name).toBe(settingsOf(made).name);
    expect(settingsOf(await edgeWith(acme(byKey))).name).not.toBe(settingsOf(made).name);
    expect(settingsOf(made).name).toMatch(/^edge-[0-9a-f]{10}$/);
  });

  test("cert-manager looks at the platform's namespace alone", () => {
    const [container] = podOf(made, "cert-manager").spec.containers;
    expect(container?.args).toEqual(
      expect.arrayContaining([
        "--namespace=platform",
        "--leader-election-namespace=platform",
        "--controllers=*,-ingress-shim",
      ]),
    );
    expect(made.filter(({ type }) => type.includes("rbac.") && type.includes(":Cluster"))).toEqual([]);
  });

  test("and is scraped", () => {
    expect(custom(made, "PodMonitor").map((m) => JSON.stringify(m.spec))).toContainEqual(
      expect.stringContaining('"cert-manager"'),
    );
  });

  // What is made last goes first. A question under way is held by a finalizer, and only cert-manager and the programs that it calls clear it away.
  test.each([
    ["over HTTP", http01, ["cert-manager"]],
    ["by Route 53 with a key", acme(byKey), ["cert-manager"]],
    ["by Designate", acme(designate), ["cert-manager", "designate-solver"]],
  ])(
    "%s, the Certificate goes before its Issuer, and both before the programs that work on it",
    async (_, tls, workers) => {
      const all = await edgeWith(tls);
      const place = (found: (m: Made) => boolean): number => all.findIndex(found);
      const certificateAt = place((m) => m.inputs.kind === "Certificate");
      const issuerAt = place((m) => m.inputs.kind === "Issuer");
      expect(certificateAt).toBeGreaterThan(issuerAt);
      for (const worker of workers) {
        const workerAt = place(
          (m) => m.type.endsWith(":Deployment") && named([m], "Deployment", worker) !== undefined,
        );
        expect(workerAt).toBeGreaterThan(-1);
        expect(issuerAt).toBeGreaterThan(workerAt);
      }
    },
  );

  test("a cert-manager that is there is left alone", async () => {
    const existing = await edgeWith(acme({ type: "http01" }, { certManager: "existing" }));
    expect(existing.map((m) => m.type)).not.toContain("moat:edge:CertManager");
    expect(custom(existing, "Certificate")).toHaveLength(1);
  });
});

describe("a given one", () => {
  const root = certificate({ subject: "root" });
  const server = certificate({ subject: "server", hosts: names, signer: root, key: rsa(2048) });
  const other = certificate({ subject: "other", hosts: names, signer: root });

  test("is served with its key, in cipher suites for it, and replaces the pods", async () => {
    runtime.setAllConfig({ "moat:edgePrivateKey": server.key }, ["moat:edgePrivateKey"]);
    const made = await edgeWith({ kind: "given", certificate: server.certificate });
    expect(named(made, "Secret", "edge-given-certificate")).toMatchObject({
      type: "kubernetes.io/tls",
      stringData: { "tls.crt": server.certificate, "tls.key": server.key, "ca.crt": "authority" },
    });
    expect(settingsOf(made).routes.tls.options.default.cipherSuites).toEqual([
      "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
      "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
      "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    ]);
    expect(validateAll(made)).toEqual([]);
    expect(violationsIn(made)).toEqual([]);
    const checksum = (m: readonly Made[]) => podOf(m, "edge").metadata.annotations["moat.dev/checksum"];
    runtime.setAllConfig({ "moat:edgePrivateKey": other.key }, ["moat:edgePrivateKey"]);
    const renewed = await edgeWith({ kind: "given", certificate: other.certificate });
    expect(checksum(renewed)).not.toBe(checksum(made));
  });

  test("with a key that is not its own is refused, and no part of the key is told", () => {
    expect(matching(server.certificate, server.key)).toBe(server.key);
    expect(() => matching(server.certificate, other.key)).toThrow(
      "moat:edgePrivateKey is not the key of the first certificate in moat:edge.tls.certificate",
    );
    for (const bad of ["nonsense", "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n"])
      expect(() => matching(server.certificate, bad)).toThrow(
        /^moat:edgePrivateKey is no private key in PEM without a password\n/,
      );
  });
});
