/** cert-manager's definitions as we install them, and our objects of its kinds, before a real API server: strictly, so that no field is dropped. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { certManagerCrdFolder } from "../../components/edge/tls/certManagerCrds";
import { certificateSpec, issuerSpec } from "../../components/edge/tls/issuer";
import { hostsOf } from "../../components/edge/traefik";
import type { AcmeConfig } from "../../config/edgeTls";
import { edgeTls } from "../../config/edgeTls";
import { prepareCertManagerCrds } from "../../toolchain/crds";
import { program, root } from "../../toolchain/paths";
import { type ApiServer, startApiServer } from "../support/apiServer";
import { certificate } from "../support/certificates";

const hosts = hostsOf("moat.example");
let server: ApiServer;

function kubectl(args: readonly string[], input?: object): string {
  const { status, stdout, stderr } = spawnSync(
    program("kubectl"),
    ["--kubeconfig", server.kubeconfig, ...args],
    { encoding: "utf8", ...(input && { input: JSON.stringify(input) }) },
  );
  return status === 0 ? stdout : `refused: ${stderr}`;
}

beforeAll(async () => {
  await prepareCertManagerCrds();
  server = await startApiServer();
  const folder = join(root, certManagerCrdFolder);
  expect(kubectl(["apply", "--server-side", "-f", folder])).not.toContain("refused");
  expect(kubectl(["wait", "--for=condition=Established", "--timeout=60s", "-f", folder])).not.toContain(
    "refused",
  );
});

afterAll(() => server?.stop());

const acme = (challenge: object, more: object = {}): AcmeConfig => {
  const parsed = edgeTls.parse({ kind: "acme", email: "ops@example.org", challenge, ...more });
  if (parsed.kind !== "acme") throw new Error("not by ACME");
  return parsed;
};

const apply = (kind: string, spec: object): string =>
  kubectl(["apply", "--server-side", "--validate=strict", "-f", "-"], {
    apiVersion: "cert-manager.io/v1",
    kind,
    metadata: { name: "edge", namespace: "default" },
    spec,
  });

test.each([
  ["HTTP-01", acme({ type: "http01" })],
  [
    "Route 53 with a role",
    acme({ type: "route53", zoneId: "Z0", identity: { type: "podIdentity", cluster: "eks" } }),
  ],
  ["Route 53 with a key", acme({ type: "route53", zoneId: "Z0", identity: { type: "accessKey" } })],
  [
    "Designate",
    acme({
      type: "designate",
      authUrl: "https://keystone.example.org:5000/v3",
      endpoint: "https://dns.example.org:9001",
      region: "r1",
      zone: "example",
    }),
  ],
  [
    "an authority of one's own",
    acme(
      { type: "http01" },
      { server: "https://ca.example/directory", serverCa: certificate({ subject: "ca" }).certificate },
    ),
  ],
])("an Issuer for %s is taken, and kept as it was written", (_, config) => {
  const spec = issuerSpec(config, hosts);
  expect(apply("Issuer", spec)).toContain("issuer.cert-manager.io/edge");
  expect(JSON.parse(kubectl(["get", "issuer", "edge", "-o", "json"])).spec).toEqual(spec);
  expect(kubectl(["delete", "issuer", "edge"])).toContain("deleted");
});

test("so is the Certificate", () => {
  const spec = certificateSpec("edge", hosts);
  expect(apply("Certificate", spec)).toContain("certificate.cert-manager.io/edge");
  expect(JSON.parse(kubectl(["get", "certificate", "edge", "-o", "json"])).spec).toEqual(spec);
});

test("a field that cert-manager does not know is refused here, not dropped", () => {
  expect(apply("Certificate", { ...certificateSpec("edge", hosts), dnsName: "a" })).toMatch(
    /refused:.*dnsName: field not declared in schema/,
  );
});
