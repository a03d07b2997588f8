/**
 * User data of a machine: how a fresh image becomes a node, with the secrets that it needs for that (bootstrap.ts). Pure. A change of it
 * replaces the machine.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { OpenStackClusterConfig } from "../../../config/openstackCluster";
import { versions } from "../../../versions";
import type { AddressPlan } from "./addressPlan";
import type { Files } from "./bootstrap";
import { cinderCsi } from "./cinderCsi";
import { cloudController } from "./cloudController";
import { admissionConfiguration, auditPolicy, k3sConfig, paths, sysctl } from "./k3sConfig";
import type { Node } from "./nodes";

/** What Nova takes, in base64. A server's has about 48,500, an agent's 12,000. */
export const userDataLimit = 65_535;

export interface CloudInitArgs {
  readonly cluster: string;
  readonly node: Node;
  readonly config: OpenStackClusterConfig;
  readonly plan: AddressPlan;
  /** Files with the machine's secrets. */
  readonly secrets: Files;
}

interface WrittenFile {
  readonly path: string;
  readonly content: string;
  readonly permissions: string;
}

export const cloudInit = (args: CloudInitArgs): string =>
  cloudConfigText({
    ...base(args.node.name),
    packages: ["curl", "e2fsprogs", "nftables"],
    write_files: files(args),
    runcmd: [["/usr/local/lib/moat/first-boot"]],
  });

/** The bastion passes SSH on, and has nothing else. */
export const bastionCloudInit = (name: string): string => cloudConfigText(base(name));

const base = (name: string) => ({
  hostname: name,
  preserve_hostname: false,
  ssh_pwauth: false,
  disable_root: true,
  package_update: true,
});

const cloudConfigText = (config: object): string => `#cloud-config\n${stringify(config, { lineWidth: 0 })}`;

function files({ cluster, node, config, plan, secrets }: CloudInitArgs): WrittenFile[] {
  const all = [
    ...Object.entries(secrets).map(([path, content]) => file(path, content)),
    file("/etc/moat/node.env", environment(node, config)),
    file(paths.config, stringify(k3sConfig(node, config, plan))),
    file(paths.sysctl, table(sysctl)),
    file("/etc/moat/metadata-wall.nft", shipped("metadata-wall.nft")),
    unit("moat-metadata-wall.service"),
    unit("k3s.service"),
    program("first-boot"),
    program("install-k3s"),
    program("join"),
  ];
  if (node.role === "agent") return all;
  return [
    ...all,
    file(paths.audit, stringify(auditPolicy)),
    file(paths.admission, stringify(admissionConfiguration)),
    // Where first-boot takes them from once the data volume is mounted.
    file("/etc/moat/manifests/cloud-controller.yaml", documents(cloudController(cluster))),
    file("/etc/moat/manifests/cinder-csi.yaml", documents(cinderCsi(cluster, config))),
    unit("moat-rejoin.path"),
    unit("moat-rejoin.service"),
    program("data-volume"),
  ];
}

/** What the shell programs and the units read. */
const environment = (node: Node, { releases }: OpenStackClusterConfig): string =>
  table({
    ROLE: node.role,
    PEERS: `"${node.peers.join(" ")}"`,
    FOUNDER: node.role === "server" && node.index === 0 ? "yes" : "no",
    // Rounds of asking the peers, a quarter of a minute each, before a cluster is founded.
    FOUND_AFTER: node.peers.length === 0 ? 1 : 4,
    K3S_VERSION: versions.k3s,
    K3S_RELEASES: releases,
  });

const table = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");

const documents = (objects: readonly object[]): string =>
  objects.map((o) => stringify(o, { lineWidth: 0 })).join("---\n");

const file = (path: string, content: string): WrittenFile => ({ path, content, permissions: "0600" });
const unit = (name: string): WrittenFile => ({
  path: `/etc/systemd/system/${name}`,
  content: shipped(name),
  permissions: "0644",
});
const program = (name: string): WrittenFile => ({
  path: `/usr/local/lib/moat/${name}`,
  content: shipped(`${name}.sh`),
  permissions: "0755",
});

const shipped = (name: string): string => readFileSync(join(__dirname, "files", name), "utf8");
