/** The files with a machine's secrets, and how they come in its user data. */
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { parse } from "yaml";
import { addressPlan } from "../../../../components/cluster/openstack/addressPlan";
import {
  type AgentSecrets,
  type Files,
  type ServerSecrets,
  secretFiles,
} from "../../../../components/cluster/openstack/bootstrap";
import { cloudConf } from "../../../../components/cluster/openstack/cloudConf";
import { cloudInit, userDataLimit } from "../../../../components/cluster/openstack/cloudInit";
import { nodesOf } from "../../../../components/cluster/openstack/nodes";
import { certificateOf, clusterConfig } from "../../../support/openstackCluster";

const pem = (kind: string, bytes: number): string =>
  `-----BEGIN ${kind}-----\n${"A".repeat(bytes).replace(/.{64}/g, "$&\n")}\n-----END ${kind}-----\n`;

const conf = {
  authUrl: "https://keystone.example.org:5000/v3",
  region: "RegionOne",
  credentialId: "id",
  credentialSecret: 'a "quoted" \\ secret $HOME `id`',
  privateCa: false,
  loadBalancer: true,
  loadBalancerProvider: "amphora",
  subnetId: "subnet",
  externalNetworkId: "outside",
  volumesElsewhere: false,
} as const;

const serverSecrets: ServerSecrets = {
  role: "server",
  name: "prod-server-0",
  serverCa: pem("CERTIFICATE", 900),
  serverCaKey: pem("EC PRIVATE KEY", 164),
  clientCa: pem("CERTIFICATE", 901),
  clientCaKey: pem("EC PRIVATE KEY", 165),
  joinToken: "s".repeat(64),
  agentToken: "a".repeat(64),
  dataVolume: "3f2b8c1e-0d4a-4b57-9c43-1a2b3c4d5e6f",
  apiAddresses: ["203.0.113.10"],
  cloudConf: cloudConf(conf),
};

/** User data of the first machine of the role, with these secrets. */
function userDataOf(secrets: AgentSecrets | ServerSecrets): string {
  const config = clusterConfig();
  const plan = addressPlan(config.cidr, { servers: 3, agents: 3 });
  const node = nodesOf("prod", config, plan).find(({ role }) => role === secrets.role);
  if (node === undefined) throw new Error(`there is no ${secrets.role}`);
  return cloudInit({ cluster: "prod", node, config, plan, secrets: secretFiles(secrets) });
}

interface Written {
  readonly path: string;
  readonly content: string;
  readonly permissions: string;
}

/** The secret ones of the files that cloud-init writes, by path. */
function written(secrets: AgentSecrets | ServerSecrets): Files {
  const { write_files: all }: { write_files: Written[] } = parse(userDataOf(secrets));
  const files = all.filter(({ path }) => path in secretFiles(secrets));
  for (const { permissions } of files) expect(permissions).toBe("0600");
  return Object.fromEntries(files.map(({ path, content }) => [path, content]));
}

describe("a server's", () => {
  const files = written(serverSecrets);

  test("authorities come byte by byte, where k3s looks for them once they are moved", () => {
    expect(files).toMatchObject({
      "/etc/moat/tls/server-ca.crt": serverSecrets.serverCa,
      "/etc/moat/tls/server-ca.key": serverSecrets.serverCaKey,
      "/etc/moat/tls/client-ca.crt": serverSecrets.clientCa,
      "/etc/moat/tls/client-ca.key": serverSecrets.clientCaKey,
    });
  });

  test("token goes with the hash of the authority's file, as k3s counts it", () => {
    const hash = createHash("sha256")
      .update(files["/etc/moat/server-ca.crt"] ?? "")
      .digest("hex");
    expect(files["/etc/moat/bootstrap.env"]).toBe(
      `CA_HASH=${hash}\nJOIN_AS=server\nJOIN_TOKEN=${serverSecrets.joinToken}\nDATA_VOLUME=${serverSecrets.dataVolume}\n`,
    );
  });

  test("credential of the cloud is a Secret, with every character of it", () => {
    const secret: { stringData: Record<string, string> } = JSON.parse(
      files["/etc/moat/manifests/cloud-config.yaml"] ?? "{}",
    );
    expect(secret.stringData["cloud.conf"]).toContain(
      'application-credential-secret="a \\"quoted\\" \\\\ secret $HOME `id`"',
    );
  });

  test("a private CA of the cloud lies beside it, where the cloud's controllers are told to look", () => {
    const cloudCa = certificateOf(1200);
    const withCa = { ...serverSecrets, cloudConf: cloudConf({ ...conf, privateCa: true }), cloudCa };
    expect(JSON.parse(written(withCa)["/etc/moat/manifests/cloud-config.yaml"] ?? "{}")).toMatchObject({
      stringData: {
        "cloud.conf": expect.stringContaining('\nca-file="/etc/config/ca.crt"\n'),
        "ca.crt": cloudCa,
      },
    });
    const secret: object = JSON.parse(files["/etc/moat/manifests/cloud-config.yaml"] ?? "{}");
    expect(JSON.stringify(secret)).not.toMatch(/ca-file|ca\.crt/);
  });

  test("certificate is good for the address outside", () => {
    expect(JSON.parse(files["/etc/rancher/k3s/config.yaml.d/30-api.yaml"] ?? "{}")).toEqual({
      "tls-san+": ["203.0.113.10"],
    });
  });

  test("Nova takes them with the rest of its user data, with certificates much longer than ours", () => {
    const text = userDataOf({
      ...serverSecrets,
      clientCa: pem("CERTIFICATE", 2000),
      cloudCa: certificateOf(8192),
    });
    expect(Buffer.from(text).toString("base64").length).toBeLessThan(userDataLimit);
  });
});

describe("an agent's", () => {
  const agent = (name: string): Files =>
    written({ role: "agent", name, serverCa: serverSecrets.serverCa, joinToken: "a" });

  test("has no key, no credential and no right to join as a server", () => {
    const all = agent("prod-agent-0");
    expect(Object.keys(all).sort()).toEqual([
      "/etc/moat/bootstrap.env",
      "/etc/moat/server-ca.crt",
      "/etc/rancher/node/password",
    ]);
    expect(all["/etc/moat/bootstrap.env"]).toContain("JOIN_AS=node\nJOIN_TOKEN=a\n");
    expect(Object.values(all).join()).not.toContain("PRIVATE KEY");
  });

  test("password is the same for a machine that takes its place, and another one's is another", () => {
    const password = (name: string) => agent(name)["/etc/rancher/node/password"];
    expect(password("a")).toBe(password("a"));
    expect(password("a")).not.toBe(password("b"));
  });
});

test("whatever the credential's characters, cloud.conf is written as it is", () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 40 }).filter((s) => !/[\n\r\0]/.test(s)),
      (credentialSecret) => {
        const text = cloudConf({ ...conf, credentialSecret });
        const files = written({ ...serverSecrets, cloudConf: text });
        expect(JSON.parse(files["/etc/moat/manifests/cloud-config.yaml"] ?? "{}")).toMatchObject({
          stringData: { "cloud.conf": text },
        });
      },
    ),
  );
});

test("cloud.conf says whether there are load balancers and where volumes are", () => {
  expect(
    cloudConf({ ...conf, loadBalancer: false, volumesElsewhere: true, region: undefined }),
  ).toBe(`[Global]
auth-url="https://keystone.example.org:5000/v3"
application-credential-id="id"
application-credential-secret="a \\"quoted\\" \\\\ secret $HOME \`id\`"
[LoadBalancer]
enabled=false
[BlockStorage]
ignore-volume-az=true
[Metadata]
search-order="configDrive,metadataService"
`);
});

test.each([
  ["amphora", ['lb-provider="amphora"']],
  // https://docs.openstack.org/ovn-octavia-provider/latest/admin/driver.html: no other method; and clients' addresses reach the node ports.
  ["ovn", ['lb-provider="ovn"', 'lb-method="SOURCE_IP_PORT"', "manage-security-groups=true"]],
] as const)("cloud.conf names Octavia's provider %s, and how it balances", (loadBalancerProvider, lines) => {
  const text = cloudConf({ ...conf, loadBalancerProvider });
  const said = text.split("\n").filter((line) => /^(lb-|manage-)/.test(line));
  expect(said).toEqual(lines);
});
