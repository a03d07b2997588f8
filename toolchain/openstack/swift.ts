/** Swift: a proxy with TLS, native and S3 API, over one server each for accounts, containers and objects, on one folder. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Program } from "../cluster/processes";
import { must } from "../shell";
import { tls } from "./certificates";
import { ini, type Section } from "./ini";
import { inTree } from "./network";
import { folders, inside, network, ports, region, urls } from "./settings";

const folder = `${inside}/swift`;
const devices = `${folder}/devices`;

const backEnds = {
  account: ports.swiftAccount,
  container: ports.swiftContainer,
  object: ports.swiftObject,
} as const;
type BackEnd = keyof typeof backEnds;

/** Everything in one process: the machine has few cores, and the tests one client. */
const common = { workers: 0, user: "root", swift_dir: folder, log_level: "WARNING" } as const;

const backEnd = (kind: BackEnd): string =>
  ini({
    DEFAULT: { ...common, bind_ip: "127.0.0.1", bind_port: backEnds[kind], devices, mount_check: false },
    "pipeline:main": { pipeline: `${kind}-server` },
    [`app:${kind}-server`]: { use: `egg:swift#${kind}`, ...(kind === "object" && { fallocate_reserve: 0 }) },
  });

const middleware = [
  "catch_errors",
  "gatekeeper",
  "healthcheck",
  "proxy-logging",
  "cache",
  "listing_formats",
  "bulk",
  // In this order: s3api makes a Swift request of an S3 one, s3token finds its account by asking Keystone.
  "authtoken",
  "s3api",
  "s3token",
  "keystoneauth",
  "copy",
  "slo",
  "dlo",
  "versioned_writes",
  "symlink",
  "proxy-logging",
] as const;

const named: Readonly<Record<string, string>> = { cache: "memcache" };

export const proxyConfig = (password: string): string => {
  const credentials: Section = {
    auth_type: "password",
    auth_url: urls.keystoneInside,
    username: "swift",
    password,
    project_name: "service",
    user_domain_id: "default",
    project_domain_id: "default",
    region_name: region,
  };
  const settings: Readonly<Record<string, Section>> = {
    cache: { memcache_servers: `127.0.0.1:${ports.memcached}` },
    // Keystone lets only services ask whose S3 key it is, hence credentials here too. A key is asked for once, not with every request.
    s3token: {
      ...credentials,
      auth_uri: urls.keystoneInside,
      delay_auth_decision: true,
      http_timeout: 60,
      secret_cache_duration: 60,
    },
    s3api: { location: "us-east-1", s3_acl: false, auth_pipeline_check: true },
    keystoneauth: { operator_roles: "admin, member", reseller_admin_role: "ResellerAdmin" },
    versioned_writes: { allow_versioned_writes: true, allow_object_versioning: true },
  };
  const filters = [...new Set<string>(middleware)].map((name) => {
    const use =
      name === "authtoken"
        ? {
            "paste.filter_factory": "keystonemiddleware.auth_token:filter_factory",
            ...credentials,
            www_authenticate_uri: urls.keystone,
            delay_auth_decision: true,
            include_service_catalog: false,
            service_token_roles_required: true,
            http_request_max_retries: 3,
          }
        : { use: `egg:swift#${named[name] ?? name.replaceAll("-", "_")}` };
    return [`filter:${name}`, { ...use, ...settings[name] }] as const;
  });
  return ini({
    DEFAULT: {
      ...common,
      bind_ip: network.services,
      bind_port: ports.open.swift,
      cert_file: tls.certificate,
      key_file: tls.key,
      client_timeout: 60,
    },
    "pipeline:main": { pipeline: [...middleware, "proxy-server"].join(" ") },
    "app:proxy-server": {
      use: "egg:swift#proxy",
      account_autocreate: true,
      node_timeout: 60,
      conn_timeout: 5,
    },
    ...Object.fromEntries(filters),
  });
};

const hashes = ini({
  "swift-hash": { swift_hash_path_prefix: "moat", swift_hash_path_suffix: "moat" },
  "storage-policy:0": { name: "Policy-0", default: true },
});

/** Files and rings; `password` is that of the user `swift`. */
export async function prepareSwift(tree: string, password: string): Promise<void> {
  const outside = join(folders.state, "swift");
  mkdirSync(join(outside, "devices/d1"), { recursive: true });
  const files: Readonly<Record<string, string>> = {
    "swift.conf": hashes,
    "proxy.conf": proxyConfig(password),
    ...Object.fromEntries(kinds.map((kind) => [`${kind}.conf`, backEnd(kind)])),
  };
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(outside, name), content, { mode: 0o600 });
  const builder = (kind: BackEnd, ...args: string[]): Promise<string> =>
    must(...inTree(tree, ["/usr/bin/swift-ring-builder", `${folder}/${kind}.builder`, ...args]));
  for (const kind of kinds) {
    await builder(kind, "create", "4", "1", "1");
    await builder(kind, "add", `r1z1-127.0.0.1:${backEnds[kind]}/d1`, "1");
    await builder(kind, "rebalance");
  }
}

const kinds: readonly BackEnd[] = ["account", "container", "object"];

export const swift = (tree: string): Program[] => [
  server(tree, "memcached", [
    "/usr/bin/memcached",
    "-u",
    "root",
    "-l",
    "127.0.0.1",
    "-p",
    String(ports.memcached),
    "-m",
    "32",
  ]),
  ...kinds.map((kind) => swiftServer(tree, kind)),
  swiftServer(tree, "proxy"),
];

const swiftServer = (tree: string, kind: BackEnd | "proxy"): Program =>
  server(
    tree,
    `swift-${kind}`,
    [`/usr/bin/swift-${kind}-server`, `${folder}/${kind}.conf`, "--verbose"],
    [join(folders.state, "swift", `${kind}.conf`)],
  );

const server = (
  tree: string,
  name: string,
  line: readonly [string, ...string[]],
  reads: readonly string[] = [],
): Program => {
  const [command, args] = inTree(tree, line);
  return { name, command, args, reads };
};
