/** Where things are. The cache outlives checkouts; `.moat` belongs to this one. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";

export const root = resolve(__dirname, "..");

const cacheRoot = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "moat");

export const cache = {
  root: cacheRoot,
  /** Links to the current version of every program. */
  bin: join(cacheRoot, "bin"),
  /** One folder for each version of each program: <name>-<version>-<key>. */
  store: join(cacheRoot, "store"),
  downloads: join(cacheRoot, "downloads"),
  /** PULUMI_HOME: plugins. */
  pulumi: join(cacheRoot, "pulumi"),
  /** The embedded cluster: images stay here, the rest goes with `make down`. One for each machine. */
  cluster: join(cacheRoot, "cluster"),
  lock: join(cacheRoot, "lock"),
} as const;

const localRoot = join(root, ".moat");

export const local = {
  root: localRoot,
  kubeconfig: join(localRoot, "kubeconfig"),
  /** Pulumi's state, as files. */
  state: join(localRoot, "state"),
  passphrase: join(localRoot, "passphrase"),
  /** Which cluster `make up` chose, and which cluster the state is of. */
  choice: join(localRoot, "cluster.json"),
  crds: join(localRoot, "crds"),
  timings: join(localRoot, "timings.json"),
  logs: join(localRoot, "logs"),
} as const;

/** The Go module of the guards, which is part of the product. */
export const guardsModule = join(root, "programs/guards");

/** Go modules of the toolchain: of all programs, and of those whose libraries have other versions: the Prometheus Operator, the OpenStack plugin, ACME's programs, external-dns and linters. */
export const goModule = join(root, "toolchain/go");
export const operatorModule = join(root, "toolchain/go-operator");
export const openstackModule = join(root, "toolchain/go-openstack");
export const acmeModule = join(root, "toolchain/go-acme");
export const externalDnsModule = join(root, "toolchain/go-external-dns");
export const lintersModule = join(root, "toolchain/go-linters");

/** A program of the toolchain by name. */
export const program = (name: string): string => join(cache.bin, name);
