/** Keystone: who may do what, and where the other services are. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Program } from "../cluster/processes";
import { must } from "../shell";
import { tls } from "./certificates";
import { ini } from "./ini";
import { inTree } from "./network";
import { folders, inside, network, people, ports, region, urls } from "./settings";

const configFile = "keystone.conf";
const database = "keystone.db";

const config = (): string =>
  ini({
    DEFAULT: { use_stderr: true },
    database: { connection: `sqlite:///${inside}/${database}` },
    fernet_tokens: { key_repository: `${inside}/fernet` },
    fernet_receipts: { key_repository: `${inside}/fernet` },
    credential: { key_repository: `${inside}/credential` },
    // In one place for both processes, so that a change counts in both at once.
    cache: {
      enabled: true,
      backend: "dogpile.cache.memcached",
      memcache_servers: `127.0.0.1:${ports.memcached}`,
    },
    // Few rounds, as these passwords are random and live for an hour.
    identity: { password_hash_rounds: 4 },
  });

/** Makes the database with the administrator and Keystone's own endpoints. */
export async function prepareKeystone(tree: string, password: string): Promise<void> {
  writeFileSync(join(folders.state, configFile), config());
  for (const repository of ["fernet", "credential"]) {
    mkdirSync(join(folders.state, repository), { mode: 0o700 });
    // 0 is the next key, 1 the one in use.
    for (const key of ["0", "1"])
      writeFileSync(
        join(folders.state, repository, key),
        randomBytes(32).toString("base64url").padEnd(44, "="),
        { mode: 0o600 },
      );
  }
  const manage = (...args: string[]): Promise<string> =>
    must(...inTree(tree, ["/usr/bin/keystone-manage", "--config-file", `${inside}/${configFile}`, ...args]));
  await manage("db_sync");
  // Readers and the writer do not wait for each other.
  const wal = `import sqlite3; sqlite3.connect("${inside}/${database}").execute("pragma journal_mode=wal")`;
  await must(...inTree(tree, ["/usr/bin/python3", "-c", wal]));
  await manage(
    "bootstrap",
    "--bootstrap-username",
    people.admin,
    "--bootstrap-project-name",
    people.admin,
    "--bootstrap-password",
    password,
    "--bootstrap-region-id",
    region,
    "--bootstrap-public-url",
    urls.keystone,
    "--bootstrap-internal-url",
    urls.keystoneInside,
    "--bootstrap-admin-url",
    urls.keystoneInside,
  );
}

/** Served with TLS to clients, and without to services. */
export const keystone = (tree: string): Program => {
  const [command, args] = inTree(
    tree,
    [
      "/usr/bin/uwsgi-core",
      ...uwsgiFlags(tree),
      "--https-socket",
      `${network.services}:${ports.open.keystone},${tls.certificate},${tls.key}`,
      "--http-socket",
      `127.0.0.1:${ports.keystoneInside}`,
      "--processes",
      "2",
      "--wsgi-file",
      "/usr/bin/keystone-wsgi-public",
    ],
    { OS_KEYSTONE_CONFIG_FILES: `${inside}/${configFile}` },
  );
  return { name: "keystone", command, args, reads: [join(folders.state, configFile)] };
};

/** As Debian's own services run under uwsgi. */
export const uwsgiFlags = (tree: string): string[] => [
  "--plugins-dir",
  "/usr/lib/uwsgi/plugins",
  "--plugin",
  pythonPlugin(tree),
  "--master",
  "--die-on-term",
  "--need-app",
  "--lazy-apps",
  "--enable-threads",
  "--disable-logging",
  "--thunder-lock",
  "--buffer-size",
  "65535",
  "--post-buffering",
  "65536",
  "--add-header",
  "Connection: close",
];

/** Its name holds Python's version: `python311`. */
function pythonPlugin(tree: string): string {
  const plugin = readdirSync(join(tree, "usr/lib/uwsgi/plugins")).find((file) =>
    /^python3\d+_plugin\.so$/.test(file),
  );
  return plugin?.replace("_plugin.so", "") ?? "python3";
}
