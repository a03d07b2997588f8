/** Mistakes in the configuration of records and of the edge's certificate, in words. */
import { checkConfig } from "../../../config";
import { certificate } from "../../support/certificates";
import { temporaryFolder, writeKubeconfig } from "../../support/kubeconfig";

const kubeconfig = writeKubeconfig(temporaryFolder());
const nodePort = { type: "nodePort", http: 30_080, https: 30_443 };
const email = "ops@example.org";

/** `path: reason` of every mistake. */
function problems(edge: object, dns?: object, secrets = {}): string[] {
  const raw = {
    clusterName: "test",
    cluster: { kubeconfig },
    objectStore: { kind: "inCluster" },
    edge: { domain: "moat.example.org", ...edge },
    ...(dns && { dns }),
  };
  const checked = checkConfig(raw, {}, secrets);
  return "problems" in checked ? checked.problems.map(({ path, reason }) => `${path}: ${reason}`) : [];
}

describe("records", () => {
  const zoneId = "3f2b8c1e-0d4a-4b57-9c43-1a2b3c4d5e6f";

  test.each<[object, object | undefined]>([
    [{}, undefined],
    [{ service: nodePort }, { kind: "printed" }],
    [{}, { kind: "route53", zoneId: "Z0123456789" }],
    [
      { service: nodePort, addresses: ["203.0.113.7"] },
      { kind: "route53", zoneId: "Z0123456789" },
    ],
    [{}, { kind: "designate", zoneId }],
    [{}, { kind: "designate", zone: "example.org", ttl: 60, names: "wildcard" }],
    [{}, { kind: "externalDns" }],
    [{}, { kind: "externalDns", install: { zoneId: "Z0123456789", identity: { type: "accessKey" } } }],
  ])("%j with %j is right", (edge, dns) => {
    expect(problems(edge, dns)).toEqual([]);
  });

  test.each<[object, object, string]>([
    [{}, { kind: "designate" }, "moat:dns.zoneId: no zone is named"],
    [
      {},
      { kind: "designate", zone: "example.org", zoneId },
      "moat:dns.zoneId: the zone is named twice, by `zone` too",
    ],
    [
      {},
      { kind: "designate", zone: "ample.org" },
      "moat:dns.zone: moat.example.org is not in the zone ample.org",
    ],
    [
      { service: nodePort },
      { kind: "route53", zoneId: "Z0123456789" },
      "moat:edge.addresses: is missing: nobody says where the ports of the nodes are reached",
    ],
    [
      { service: nodePort, addresses: ["203.0.113.7"] },
      { kind: "externalDns" },
      "moat:dns.kind: external-dns reads the address of a load balancer, and the edge has ports of nodes",
    ],
    [
      { addresses: ["203.0.113.7", "2001:db8::7"] },
      { kind: "printed" },
      "moat:edge.addresses: one record cannot hold 203.0.113.7, 2001:db8::7",
    ],
    [
      { addresses: ["a.example.org", "b.example.org"] },
      { kind: "printed" },
      "moat:edge.addresses: one record cannot hold a.example.org, b.example.org",
    ],
    [
      { addresses: ["https://lb"] },
      { kind: "printed" },
      'moat:edge.addresses: "https://lb" is neither an address nor a DNS name',
    ],
  ])("%j with %j: %s", (edge, dns, words) => {
    expect(problems(edge, dns)).toEqual([words]);
  });
});

describe("a certificate by ACME", () => {
  const route53 = { type: "route53", zoneId: "Z0123456789" };
  const designate = {
    type: "designate",
    authUrl: "https://keystone.example.org:5000/v3",
    endpoint: "https://dns.example.org:9001",
    region: "r1",
  };
  const acme = (challenge: object, more: object = {}) => ({
    tls: { kind: "acme", email, challenge, ...more },
  });

  test.each([
    acme({ type: "http01" }),
    acme({ ...route53, identity: { type: "podIdentity", cluster: "prod" } }),
    acme({ ...route53, identity: { type: "accessKey" } }, { certManager: "existing" }),
    acme({ ...designate, zone: "example.org" }),
  ])("%j is right", (edge) => {
    expect(problems(edge)).toEqual([]);
  });

  test.each([
    [
      { ...acme({ type: "http01" }), httpPort: 8080 },
      "moat:edge.httpPort: the authority asks on port 80 and on no other, and this is 8080",
    ],
    [
      acme({ ...route53, identity: { type: "podIdentity", cluster: "prod" } }, { certManager: "existing" }),
      "moat:edge.tls.challenge.identity.type: a cert-manager that is there already does not lend its own identity",
    ],
    [
      acme({ ...designate, zone: "example.net" }),
      "moat:edge.tls.challenge.zone: moat.example.org is not in the zone example.net",
    ],
  ])("%j: %s", (edge, words) => {
    expect(problems(edge)).toEqual([words]);
  });
});

describe("a given certificate", () => {
  const given = (pem: string) => ({ tls: { kind: "given", certificate: pem } });
  const root = certificate({ subject: "root" });

  test("is looked at with its key, which is a secret", () => {
    const hosts = ["*.moat.example.org"];
    const { certificate: pem } = certificate({ subject: "server", hosts, signer: root });
    expect(problems(given(pem), undefined, { edgePrivateKey: true })).toEqual([]);
    expect(problems(given(pem))).toEqual(["moat:edgePrivateKey: is missing, and the edge will ask for it"]);
    expect(problems(given(pem), undefined, { edgePrivateKey: false })).toEqual([
      "moat:edgePrivateKey: is not encrypted",
    ]);
  });

  test("for other hosts is refused", () => {
    const { certificate: pem } = certificate({ subject: "server", hosts: ["example.org"], signer: root });
    expect(problems(given(pem), undefined, { edgePrivateKey: true })).toEqual([
      expect.stringMatching(/^moat:edge.tls.certificate: "CN=server" is not for metrics.moat.example.org/),
    ]);
  });
});
