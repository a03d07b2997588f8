/** One service of the cloud besides Keystone and Swift: its configuration, its database, its programs. */
import { join } from "node:path";
import type { Program } from "../../cluster/processes";
import { ini, type Section } from "../ini";
import { inTree } from "../network";
import { folders, inside, network, ports, region, urls } from "../settings";

export interface CloudService {
  readonly name: string;
  /** As the catalogue calls it: `compute`. */
  readonly type: string;
  /** Address in the catalogue. */
  readonly url: string;
  /** Where it answers everybody who asks. */
  readonly answers: string;
  readonly databases: readonly string[];
  /** Content of its file. */
  readonly config: string;
  /** Commands that fill its databases, one after the other. */
  readonly prepare: readonly (readonly [string, ...string[]])[];
  readonly programs: readonly Program[];
}

export const configFile = (name: string): string => `${inside}/${name}.conf`;

/** A program of the service `owner`, which reads its file. */
export function program(
  tree: string,
  owner: string,
  name: string,
  line: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Program {
  const [command, args] = inTree(tree, line, env);
  return { name, command, args, reads: [join(folders.state, `${owner}.conf`)] };
}

export const address = (port: number): string => `http://${network.services}:${port}`;
export const database = (name: string): string =>
  `mysql+pymysql://root@127.0.0.1:${ports.mariadb}/${name}?charset=utf8`;

/** How a service asks another one, as its own user. */
export const asUser = (username: string, password: string): Section => ({
  auth_url: urls.keystoneInside,
  auth_type: "password",
  username,
  password,
  project_name: "service",
  user_domain_id: "default",
  project_domain_id: "default",
  region_name: region,
});

/** Sections that all services have. */
export const config = (
  name: string,
  password: string,
  { DEFAULT, ...sections }: Readonly<Record<string, Section>>,
): string =>
  ini({
    DEFAULT: {
      use_stderr: true,
      state_path: `${inside}/${name}`,
      transport_url: `rabbit://guest:guest@127.0.0.1:${ports.rabbitmq}/`,
      ...DEFAULT,
    },
    keystone_authtoken: {
      ...asUser(name, password),
      www_authenticate_uri: urls.keystone,
      memcached_servers: `127.0.0.1:${ports.memcached}`,
      service_token_roles: "admin",
      service_token_roles_required: true,
    },
    oslo_concurrency: { lock_path: `${inside}/${name}/lock` },
    ...sections,
  });

/** Where our own drivers lie. */
export const pythonFolder = "python";
export const pythonPath = { PYTHONPATH: `${inside}/${pythonFolder}` } as const;
