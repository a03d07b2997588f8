/** Facts of the OpenStack that tests run against: Debian's services in a network namespace and a folder of their own. */
import { join } from "node:path";
import { cache } from "../paths";

export const network = {
  namespace: "moat-openstack",
  /** The pair of links between host and services, a network of two addresses. */
  hostLink: "moatos0",
  host: "10.200.0.5",
  services: "10.200.0.6",
  prefix: 30,
} as const;

export const region = "RegionOne";

/** As whom clients come: `admin` runs the cloud, `moat` has a project of its own in it, `stranger` another one. */
export const people = { admin: "admin", owner: "moat", stranger: "stranger" } as const;

/** Ports inside the namespace, those that the projects' manuals name. Only those of `open` are for clients. */
export const ports = {
  open: {
    keystone: 5000,
    swift: 8080,
    glance: 9292,
    placement: 8778,
    neutron: 9696,
    nova: 8774,
    cinder: 8776,
    designate: 9001,
    dns: 5354,
  },
  /** Keystone once more without TLS, on loopback, for the other services. */
  keystoneInside: 5001,
  memcached: 11211,
  swiftObject: 6200,
  swiftContainer: 6201,
  swiftAccount: 6202,
  mariadb: 3306,
  rabbitmq: 5672,
} as const;

const inCache = (path: string): string => join(cache.root, "openstack", path);

export const folders = {
  /** Unpacked packages, one folder for each set of them. */
  trees: inCache("trees"),
  /** What the services keep, with their configuration; new at every start. */
  state: inCache("state"),
  logs: inCache("logs"),
} as const;

/** Where the services see `folders.state`. */
export const inside = "/state";

/** Held while they are brought up or taken away. */
export const lock = join(cache.root, "openstack.lock");

const runRoot = "/run/moat-openstack";

/** What ends with the machine. */
export const run = {
  root: runRoot,
  owner: join(runRoot, "owner.json"),
  processes: join(runRoot, "processes"),
  netns: `/run/netns/${network.namespace}`,
} as const;

export const urls = {
  keystone: `https://${network.services}:${ports.open.keystone}/v3`,
  keystoneInside: `http://127.0.0.1:${ports.keystoneInside}/v3`,
  swift: `https://${network.services}:${ports.open.swift}`,
} as const;
