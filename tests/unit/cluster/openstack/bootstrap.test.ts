/** The script with a machine's secrets: run here, in a folder, as the machine runs it. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import {
  bootstrapScript,
  injectedFileLimit,
  type ServerSecrets,
} from "../../../../components/cluster/openstack/bootstrap";
import { cloudConf } from "../../../../components/cluster/openstack/cloudConf";
import { temporaryFolder, writeFile } from "../../../support/kubeconfig";

const pem = (kind: string, bytes: number): string =>
  `-----BEGIN ${kind}-----\n${"A".repeat(bytes).replace(/.{64}/g, "$&\n")}\n-----END ${kind}-----\n`;

const conf = {
  authUrl: "https://keystone.example.org:5000/v3",
  region: "RegionOne",
  credentialId: "id",
  credentialSecret: 'a "quoted" \\ secret $HOME `id`',
  loadBalancer: true,
  subnetId: "subnet",
  externalNetworkId: "outside",
  volumesElsewhere: false,
};

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

const folder = temporaryFolder();
let runs = 0;

/** Files that the script writes below a root, by path. */
function written(script: string): Record<string, string> {
  const root = join(folder, `run-${runs++}`);
  const path = writeFile(folder, "bootstrap.sh", script);
  const { status, stderr } = spawnSync("sh", [path], {
    env: { ...process.env, MOAT_ROOT: root },
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((f) =>
    statSync(join(root, f)).isFile(),
  );
  for (const file of files) expect(statSync(join(root, file)).mode & 0o777).toBe(0o600);
  return Object.fromEntries(files.map((file) => [`/${file}`, readFileSync(join(root, file), "utf8")]));
}

describe("a server's", () => {
  const script = bootstrapScript(serverSecrets);
  let files: Record<string, string>;
  beforeAll(() => {
    files = written(script);
  });

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

  test("certificate is good for the address outside", () => {
    expect(JSON.parse(files["/etc/rancher/k3s/config.yaml.d/30-api.yaml"] ?? "{}")).toEqual({
      "tls-san+": ["203.0.113.10"],
    });
  });

  test("script is small enough for Nova, with certificates much longer than ours", () => {
    expect(Buffer.byteLength(script)).toBeLessThan(injectedFileLimit);
  });

  test("script is good shell", () => {
    expect(spawnSync("bash", ["-n"], { input: script, encoding: "utf8" }).stderr).toBe("");
  });
});

describe("an agent's", () => {
  const files = () =>
    written(
      bootstrapScript({
        role: "agent",
        name: "prod-agent-0",
        serverCa: serverSecrets.serverCa,
        joinToken: "a",
      }),
    );

  test("has no key, no credential and no right to join as a server", () => {
    const all = files();
    expect(Object.keys(all).sort()).toEqual([
      "/etc/moat/bootstrap.env",
      "/etc/moat/server-ca.crt",
      "/etc/rancher/node/password",
    ]);
    expect(all["/etc/moat/bootstrap.env"]).toContain("JOIN_AS=node\nJOIN_TOKEN=a\n");
    expect(Object.values(all).join()).not.toContain("PRIVATE KEY");
  });

  test("password is the same for a machine that takes its place, and another one's is another", () => {
    const password = (name: string) =>
      written(bootstrapScript({ role: "agent", name, serverCa: "ca", joinToken: "t" }))[
        "/etc/rancher/node/password"
      ];
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
        const files = written(bootstrapScript({ ...serverSecrets, cloudConf: text }));
        expect(JSON.parse(files["/etc/moat/manifests/cloud-config.yaml"] ?? "{}")).toMatchObject({
          stringData: { "cloud.conf": text },
        });
      },
    ),
    { numRuns: 15 },
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
