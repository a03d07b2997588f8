/** The edge with a certificate of each kind: what is made, what it may do, and how a new one gets to the programs. */
import { runtime } from "@pulumi/pulumi";
import { parse } from "yaml";
import { z } from "zod";
import { Edge } from "../../../components/edge/edge";
import { PrivateCa } from "../../../components/edge/privateCa";
import { challengeRights } from "../../../components/edge/route53Access";
import { recordRules } from "../../../components/edge/tls/designateSolver";
import { matching } from "../../../components/edge/tls/givenCertificate";
import { hostsOf } from "../../../components/edge/traefik";
import { PlatformNamespace } from "../../../components/tenancy/platformNamespace";
import type { RawConfig } from "../../../config/schema";
import { certificate, rsa } from "../../support/certificates";
import { environment } from "../../support/environment";
import { violationsIn } from "../../support/judged";
import { type Made, madeBy, objects, ofType } from "../../support/mocks";
import { validateAll } from "../../support/schemas";

// They come from cert-manager's own release.
jest.mock("../../../components/edge/tls/certManagerCrds", () => ({ certManagerCrdFiles: () => [] }));

type RawTls = NonNullable<RawConfig["edge"]["tls"]>;

const domain = "moat.example";
const hosts = hostsOf(domain);
const names = Object.values(hosts);
const labels = Object.keys(hosts);

function edgeWith(tls: RawTls): Promise<Made[]> {
  const config = environment({ platformNamespace: "platform", edge: { domain, tls } });
  const namespace = config.platformNamespace;
  return madeBy(() => {
    new PlatformNamespace("room", { config });
    new Edge("edge", {
      namespace,
      clusterName: "prod",
      config: config.edge,
      size: "small",
      ca: new PrivateCa("ca", { namespace }),
      readGatewayHost: "read-gateway.platform.svc",
      queryFrontendHost: "query-frontend.platform.svc",
    });
  });
}

type Acme = Extract<RawTls, { kind: "acme" }>;

const acme = (challenge: Acme["challenge"], more: Partial<Acme> = {}): RawTls => ({
  kind: "acme",
  email: "ops@example.org",
  challenge,
  ...more,
});

const http01 = acme({ type: "http01" });
const designate = {
  type: "designate",
  authUrl: "https://keystone.example.org:5000/v3",
  endpoint: "https://dns.example.org:9001",
  region: "r1",
  zone: "example",
} as const;
const byRole = {
  type: "route53",
  zoneId: "Z0123456789",
  identity: { type: "podIdentity", cluster: "eks" },
} as const;
const byKey = { type: "route53", zoneId: "Z0123456789", identity: { type: "accessKey" } } as const;

const named = (made: readonly Made[], kind: string, name: string) =>
  objects(made, kind).find((m) => z.looseObject({ name: z.string() }).parse(m.inputs.metadata).name === name)
    ?.inputs;
const custom = (made: readonly Made[], kind: string) =>
  made.filter((m) => m.inputs.kind === kind).map((m) => m.inputs);

const pods = z.object({
  metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.looseObject({
    volumes: z.array(z.looseObject({ name: z.string() })).default([]),
    containers: z.array(z.looseObject({ args: z.array(z.string()), env: z.array(z.unknown()).default([]) })),
  }),
});

const podOf = (made: readonly Made[], name: string) =>
  z.object({ spec: z.object({ template: pods }) }).parse(named(made, "Deployment", name)).spec.template;

const settingsOf = (made: readonly Made[]) => {
  const [map] = objects(made, "ConfigMap").filter((m) => JSON.stringify(m.inputs.data).includes("traefik"));
  const { metadata, data } = z
    .object({ metadata: z.looseObject({ name: z.string() }), data: z.record(z.string(), z.string()) })
    .parse(map?.inputs);
  return {
    name: metadata.name,
    install: parse(data["traefik.yml"] ?? ""),
    routes: parse(data["routes.yml"] ?? ""),
  };
};

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
          issuerRef: { kind: "Issuer", name: "edge" },
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

  test("a cert-manager that is there is left alone", async () => {
    const existing = await edgeWith(acme({ type: "http01" }, { certManager: "existing" }));
    expect(existing.map((m) => m.type)).not.toContain("moat:edge:CertManager");
    expect(custom(existing, "Certificate")).toHaveLength(1);
  });
});

describe("over HTTP", () => {
  let made: Made[];
  beforeAll(async () => {
    made = await edgeWith(http01);
  });

  test("each host's question goes to the pod that answers for it, by plain HTTP, before the redirect", () => {
    const { install, routes } = settingsOf(made);
    expect(install.entryPoints.web.http.redirections.entryPoint.priority).toBe(1);
    for (const [label, host] of Object.entries(hosts)) {
      expect(routes.http.routers[`challenge-${host}`]).toEqual({
        rule: `Host(\`${host}\`) && PathPrefix(\`/.well-known/acme-challenge/\`) && Method(\`GET\`)`,
        entryPoints: ["web"],
        middlewares: ["answer-headers", "challenge-rate"],
        service: `challenge-${host}`,
      });
      expect(routes.http.services[`challenge-${host}`].loadBalancer.servers).toEqual([
        { url: `http://acme-solver-${label}.platform.svc:8089` },
      ]);
    }
  });

  test("what answers is found by labels that the Issuer puts on its pods, one set for each host", () => {
    const [issuer] = custom(made, "Issuer");
    const { spec } = z
      .object({ spec: z.object({ acme: z.looseObject({ solvers: z.array(z.any()) }) }) })
      .parse(issuer);
    const wanted = spec.acme.solvers.map((solver) => ({
      host: solver.selector.dnsNames,
      labels: solver.http01.ingress.podTemplate.metadata.labels,
    }));
    expect(wanted.map((w) => w.host)).toEqual(names.map((host) => [host]));
    expect(labels.map((label) => named(made, "Service", `acme-solver-${label}`)?.spec)).toMatchObject(
      wanted.map((w) => ({ selector: w.labels })),
    );
    expect(new Set(wanted.map((w) => JSON.stringify(w.labels))).size).toBe(names.length);
  });

  test("everything else on port 80 is redirected, and nothing of HTTP-01 is there for other kinds", async () => {
    const web = ({ routes }: ReturnType<typeof settingsOf>) =>
      Object.values<{ entryPoints: string[] }>(routes.http.routers).filter((r) =>
        r.entryPoints.includes("web"),
      );
    expect(web(settingsOf(made))).toHaveLength(names.length);
    const other = settingsOf(await edgeWith(acme(byKey)));
    expect(web(other)).toEqual([]);
    expect(other.install.entryPoints.web.http.redirections.entryPoint).not.toHaveProperty("priority");
  });
});

describe("by Route 53", () => {
  test("the right is for the challenges' records of the edge's hosts and no other", () => {
    expect(JSON.parse(challengeRights("Z1", ["a.example"])).Statement).toEqual([
      {
        Effect: "Allow",
        Action: ["route53:ChangeResourceRecordSets"],
        Resource: ["arn:aws:route53:::hostedzone/Z1"],
        Condition: {
          "ForAllValues:StringLike": {
            "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["_acme-challenge.a.example"],
          },
          "ForAllValues:StringEquals": { "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"] },
        },
      },
      {
        Effect: "Allow",
        Action: ["route53:ListResourceRecordSets"],
        Resource: ["arn:aws:route53:::hostedzone/Z1"],
      },
      { Effect: "Allow", Action: ["route53:GetChange"], Resource: ["arn:aws:route53:::change/*"] },
    ]);
  });

  test("with a role there is no key, and cert-manager may use what its pod is", async () => {
    const made = await edgeWith(acme(byRole));
    expect(ofType(made, "aws:iam/accessKey:AccessKey")).toEqual([]);
    expect(
      ofType(made, "aws:eks/podIdentityAssociation:PodIdentityAssociation").map((m) => m.inputs),
    ).toMatchObject([{ clusterName: "eks", namespace: "platform", serviceAccount: "cert-manager" }]);
    expect(podOf(made, "cert-manager").spec.containers[0]?.args).toContain(
      "--issuer-ambient-credentials=true",
    );
  });

  test("with a key it lies in a Secret, to which the Issuer refers", async () => {
    const made = await edgeWith(acme(byKey));
    expect(named(made, "Secret", "edge-acme-route53")?.stringData).toMatchObject({
      "secret-access-key": "made-up-secret-key",
    });
    expect(JSON.stringify(custom(made, "Issuer"))).toContain('"name":"edge-acme-route53"');
    expect(JSON.stringify(custom(made, "Issuer"))).not.toContain("made-up-secret-key");
  });
});

describe("by Designate", () => {
  let made: Made[];
  beforeAll(async () => {
    made = await edgeWith(acme(designate));
  });

  test("the solver comes with a credential for records alone, unless the cloud cannot tell", async () => {
    const type = "openstack:identity/applicationCredential:ApplicationCredential";
    expect(ofType(made, type).map((m) => m.inputs)).toMatchObject([
      { roles: ["member"], unrestricted: false, accessRules: recordRules },
    ]);
    const unruled = await edgeWith(acme({ ...designate, accessRules: false }));
    expect(ofType(unruled, type)[0]?.inputs).not.toHaveProperty("accessRules");
  });

  test("the API server knows it by the private CA, and cert-manager alone may call it", () => {
    expect(objects(made, "APIService").map((m) => m.inputs)).toMatchObject([
      {
        metadata: { name: "v1alpha1.acme.syseleven.de" },
        spec: {
          caBundle: Buffer.from("authority").toString("base64"),
          service: { name: "designate-solver", namespace: "platform", port: 8443 },
        },
      },
    ]);
    expect(named(made, "ClusterRole", "platform-designate-solver-calls")?.rules).toEqual([
      { apiGroups: ["acme.syseleven.de"], resources: ["designatedns"], verbs: ["create"] },
    ]);
    expect(named(made, "ClusterRoleBinding", "platform-designate-solver-calls")?.subjects).toEqual([
      { kind: "ServiceAccount", name: "cert-manager", namespace: "platform" },
    ]);
  });

  test("its credential is in no plain text", () => {
    const { containers } = podOf(made, "designate-solver").spec;
    expect(JSON.stringify(containers)).not.toContain("made-up-secret");
    expect(JSON.stringify(containers)).toContain('"secretKeyRef":{"key":"secret","name":"designate-solver"}');
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
