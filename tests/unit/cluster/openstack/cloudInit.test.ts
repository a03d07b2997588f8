/** User data: what a fresh machine is told, as cloud-init and the tools on it will read it. */
import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { parse, parseAllDocuments } from "yaml";
import { addressPlan } from "../../../../components/cluster/openstack/addressPlan";
import {
  bastionCloudInit,
  cloudInit,
  userDataLimit,
} from "../../../../components/cluster/openstack/cloudInit";
import { type Node, nodesOf } from "../../../../components/cluster/openstack/nodes";
import type { OpenStackClusterConfig } from "../../../../config/openstackCluster";
import { Namespaces, violationsOf } from "../../../../policies/evaluate";
import { secretsInUserData } from "../../../../policies/rules/foundations/secretsInUserData";
import { type Image, imageRef, openstackImages, versions } from "../../../../versions";
import { anyCluster, clusterConfig } from "../../../support/openstackCluster";

const cluster = "prod";

function nodes(config: OpenStackClusterConfig): { readonly node: Node; readonly text: string }[] {
  const plan = addressPlan(config.cidr, { servers: config.servers.count, agents: config.agents.count });
  return nodesOf(cluster, config, plan).map((node) => ({
    node,
    text: cloudInit({ cluster, node, config, plan, secrets: {} }),
  }));
}

const config = clusterConfig({ zones: ["az1", "az2", "az3"] });
const textOf = (name: string, c = config): string =>
  nodes(c).find(({ node }) => node.name === name)?.text ?? "";

interface CloudConfig {
  readonly write_files: readonly {
    readonly path: string;
    readonly content: string;
    readonly permissions: string;
  }[];
  readonly [key: string]: unknown;
}
const cloudConfigOf = (text: string): CloudConfig => parse(text);
const fileOf = (text: string, path: string): string =>
  cloudConfigOf(text).write_files.find((f) => f.path === path)?.content ?? "";

const server = textOf("prod-server-0");
const agent = textOf("prod-agent-1");

describe("the form", () => {
  test.each([
    ["a server's", server],
    ["an agent's", agent],
    ["the bastion's", bastionCloudInit("prod-bastion")],
  ])("%s user data is a cloud-config with keys that cloud-init knows", (_, text) => {
    expect(text.split("\n")[0]).toBe("#cloud-config");
    // https://docs.cloud-init.io/en/latest/reference/modules.html
    const known = [
      "disable_root",
      "hostname",
      "package_update",
      "packages",
      "preserve_hostname",
      "runcmd",
      "ssh_pwauth",
      "write_files",
    ];
    expect(known).toEqual(expect.arrayContaining(Object.keys(parse(text))));
  });

  test("files have a path, a content and a mode in quotes, as YAML would read a bare one as a number", () => {
    for (const { path, content, permissions } of cloudConfigOf(server).write_files) {
      expect(path).toMatch(/^\/(etc|usr\/local\/lib\/moat)\//);
      expect(content).not.toBe("");
      expect(permissions).toMatch(/^0[0-7]{3}$/);
    }
  });

  const judged = (userData: string): readonly string[] =>
    violationsOf(
      secretsInUserData,
      { type: "openstack:compute/instance:Instance", name: "m", props: { userData } },
      new Namespaces(),
    );

  test("leaves room for the machine's secrets, and holds none itself, whatever the cluster", () => {
    fc.assert(
      fc.property(anyCluster, (c) => {
        for (const { text } of [...nodes(c).slice(0, 6), ...nodes(c).slice(-1)]) {
          expect(Buffer.from(text).toString("base64").length).toBeLessThan(userDataLimit - 16_384);
          expect(judged(withoutWall(text))).toEqual([]);
        }
      }),
      { numRuns: 10 },
    );
  });

  const withoutWall = (text: string): string => text.replaceAll(/ip daddr .* drop\n/g, "");

  test("may hold secrets, as its wall leaves them to root: without the wall the rule refuses it", () => {
    const plan = addressPlan(config.cidr, { servers: 3, agents: 3 });
    const secrets = { "/etc/moat/tls/server-ca.key": "-----BEGIN EC PRIVATE KEY-----\n" };
    for (const node of nodesOf(cluster, config, plan)) {
      const text = cloudInit({ cluster, node, config, plan, secrets });
      expect(judged(text)).toEqual([]);
      expect(judged(withoutWall(text))).toHaveLength(1);
    }
  });
});

describe("how k3s runs", () => {
  const k3s = (text: string): Record<string, unknown> => parse(fileOf(text, "/etc/rancher/k3s/config.yaml"));

  test("secrets are encrypted at rest, the kernel's defaults are held, the kubeconfig is root's", () => {
    expect(k3s(server)).toMatchObject({
      "secrets-encryption": true,
      "protect-kernel-defaults": true,
      "write-kubeconfig-mode": "0600",
      "flannel-backend": "wireguard-native",
    });
    expect(k3s(agent)).toMatchObject({ "protect-kernel-defaults": true });
  });

  test("network policies are in force: nothing turns them off", () => {
    for (const text of [server, agent]) expect(text).not.toContain("disable-network-policy");
  });

  test("the API server writes an audit log and knows Pod Security, from files that are there", () => {
    const flags = k3s(server)["kube-apiserver-arg"];
    const named = (Array.isArray(flags) ? flags : []).map(String);
    const files = named.flatMap(
      (f) => /^(?:audit-policy|admission-control-config)-file=(.*)/.exec(f)?.[1] ?? [],
    );
    expect(files).toHaveLength(2);
    for (const path of files) expect(parse(fileOf(server, path))).toHaveProperty("kind");
    expect(named).toContain("audit-log-path=/var/lib/rancher/k3s/server/logs/audit.log");
    expect(named).toContain("anonymous-auth=false");
  });

  test("no body of a secret is written to the audit log", () => {
    const policy: { rules: { level: string; resources?: { group: string }[] }[] } = parse(
      fileOf(server, "/etc/rancher/k3s/audit.yaml"),
    );
    for (const { level, resources = [] } of policy.rules)
      if (level.startsWith("Request")) {
        expect(resources.map(({ group }) => group)).toEqual(["rbac.authorization.k8s.io"]);
      }
    expect(policy.rules.at(-1)).toEqual({ level: "Metadata" });
  });

  test("namespaces are restricted unless they say otherwise", () => {
    expect(parse(fileOf(server, "/etc/rancher/k3s/admission.yaml"))).toMatchObject({
      plugins: [
        {
          name: "PodSecurity",
          configuration: { defaults: { enforce: "restricted" }, exemptions: { namespaces: ["kube-system"] } },
        },
        { name: "EventRateLimit" },
      ],
    });
  });

  test("the cloud's controllers do the cloud's part; k3s' own load balancer only where there is no Octavia", () => {
    expect(k3s(server)).toMatchObject({
      "disable-cloud-controller": true,
      disable: ["traefik", "local-storage", "servicelb"],
    });
    const bare = clusterConfig({ loadBalancer: false });
    expect(k3s(textOf("prod-server-0", bare))).toMatchObject({ disable: ["traefik", "local-storage"] });
    expect(k3s(textOf("prod-agent-0", bare))["node-label"]).toEqual([
      "svccontroller.k3s.cattle.io/enablelb=true",
    ]);
  });

  test("it is the pinned one, of the Kubernetes that the embedded cluster has", () => {
    expect(fileOf(agent, "/etc/moat/node.env")).toContain(`K3S_VERSION=${versions.k3s}\n`);
    expect(versions.k3s).toMatch(new RegExp(`^v${versions.kubernetes}\\+k3s\\d+$`));
  });
});

describe("who founds the cluster", () => {
  test.each([
    ["prod-server-0", "ROLE=server", 'PEERS="10.40.0.17 10.40.0.18"', "FOUNDER=yes"],
    ["prod-server-2", "ROLE=server", 'PEERS="10.40.0.16 10.40.0.17"', "FOUNDER=no"],
    ["prod-agent-0", "ROLE=agent", 'PEERS="10.40.0.16 10.40.0.17 10.40.0.18"', "FOUNDER=no"],
  ])("%s: %s, %s, %s", (name, ...expected) => {
    const lines = fileOf(textOf(name), "/etc/moat/node.env").split("\n");
    expect(lines).toEqual(expect.arrayContaining(expected));
  });
});

describe("what k3s applies at its start", () => {
  const objects = (name: string): Record<string, never>[] =>
    parseAllDocuments(fileOf(server, `/etc/moat/manifests/${name}.yaml`)).map((d) => d.toJS());

  test("both controllers, with their rights, and a default storage class that keeps volumes", () => {
    const kinds = [...objects("cloud-controller"), ...objects("cinder-csi")].map(({ kind }) => kind);
    expect(kinds).toEqual(
      expect.arrayContaining(["DaemonSet", "Deployment", "StorageClass", "CSIDriver", "ClusterRoleBinding"]),
    );
    expect(objects("cinder-csi").find(({ kind }) => kind === "StorageClass")).toMatchObject({
      reclaimPolicy: "Retain",
      metadata: { annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    });
  });

  test.each([
    [{}, {}],
    [{ volumeType: "ssd" }, { type: "ssd" }],
    // Cinder does not know the node's zone, which the driver would ask for.
    [{ volumeZone: "nova" }, { availability: "nova" }],
  ])("with %j the storage class says %j to Cinder", (changes, parameters) => {
    const text = textOf("prod-server-0", clusterConfig({ zones: ["az1", "az2"], ...changes }));
    const classes = parseAllDocuments(fileOf(text, "/etc/moat/manifests/cinder-csi.yaml"))
      .map((d): Record<string, unknown> => d.toJS())
      .filter(({ kind }) => kind === "StorageClass");
    expect(classes.map((c) => c.parameters)).toEqual([parameters]);
  });

  test("whoever reads cloud.conf has the folder in which it names the cloud's CA", () => {
    const documents = [...objects("cloud-controller"), ...objects("cinder-csi")].map((o) =>
      JSON.stringify(o),
    );
    const readers = documents.filter((text) => text.includes("--cloud-config="));
    expect(readers).toHaveLength(3);
    for (const text of readers) {
      expect(text).toContain("--cloud-config=/etc/config/cloud.conf");
      expect(text).toContain('"mountPath":"/etc/config","readOnly":true');
    }
  });

  test("every image is pinned in versions.ts", () => {
    const known = Object.values(openstackImages).map((image: Image) => imageRef(image));
    const text =
      fileOf(server, "/etc/moat/manifests/cloud-controller.yaml") +
      fileOf(server, "/etc/moat/manifests/cinder-csi.yaml");
    const used = [...text.matchAll(/image: (\S+)/g)].map(([, ref]) => ref);
    expect(new Set(used)).toEqual(new Set(known));
    for (const ref of known) expect(ref).toMatch(/:v\d+\.\d+\.\d+$/);
  });

  test("the controller follows the cluster's minor version", () => {
    const [, minor] = versions.kubernetes.split(".");
    expect(openstackImages.cloudControllerManager.tag).toContain(`v1.${minor}.`);
    expect(openstackImages.cinderCsiPlugin.tag).toBe(openstackImages.cloudControllerManager.tag);
  });

  test("agents get none of it", () => {
    expect(cloudConfigOf(agent).write_files.filter(({ path }) => path.includes("manifests"))).toEqual([]);
  });
});

describe("the shell programs and units on the machine", () => {
  const programs = cloudConfigOf(server).write_files.filter(({ path }) =>
    path.startsWith("/usr/local/lib/moat/"),
  );

  test.each(programs.map(({ path, content }) => [path, content]))("%s is good shell", (_, content) => {
    expect(content).toMatch(/^#!\/bin\/sh\n/);
    expect(spawnSync("bash", ["-n"], { input: content, encoding: "utf8" }).stderr).toBe("");
  });

  test("whatever a unit or a program calls of ours is there", () => {
    const text = cloudConfigOf(server)
      .write_files.map(({ content }) => content)
      .join("\n");
    const there = cloudConfigOf(server).write_files.map(({ path }) => path);
    const called = [...text.matchAll(/\/usr\/local\/lib\/moat\/[a-z0-9-]+/g)].map(([path]) => path);
    expect(there).toEqual(expect.arrayContaining(called));
    const units = [...text.matchAll(/\b(moat-[a-z-]+\.(?:service|path))\b/g)].map(
      ([, unit]) => `/etc/systemd/system/${unit}`,
    );
    expect(there).toEqual(expect.arrayContaining(units));
  });

  test("all but root are kept off the metadata service before k3s starts, on every node", () => {
    for (const text of [server, agent]) {
      expect(fileOf(text, "/etc/moat/metadata-wall.nft")).toMatch(
        /hook prerouting priority raw[^}]*ip daddr 169\.254\.0\.0\/16 drop/,
      );
      expect(fileOf(text, "/etc/systemd/system/k3s.service")).toContain(
        "Requires=moat-metadata-wall.service",
      );
    }
  });
});
