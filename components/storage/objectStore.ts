/** What every object store offers to the programs that keep data in it, wherever it runs. */
import type { Output } from "@pulumi/pulumi";
import { type ProgramName, programs } from "../names";

export interface ObjectStore {
  /**
   * Secret in the platform's namespace. Mounted at `objectStoreMount` it shows `objstore.yml`, the bucket's configuration as
   * Thanos takes it (https://thanos.io/tip/thanos/storage.md/), and, if the store has a certificate of a private CA, `ca.crt`.
   */
  readonly secretName: Output<string>;
}

/** What a bucket holds. Each signal has a bucket of its own, with an identity and rights of its own. */
export type Signal = "metrics";

/** Programs that read and write the bucket of a signal. Their service accounts carry the same names. */
export const bucketClients: Readonly<Record<Signal, readonly ProgramName[]>> = {
  metrics: [programs.tenantPrometheus, programs.platformPrometheus, programs.store, programs.compact],
};

/** Name of the secret of a signal's bucket. */
export const secretNames: Readonly<Record<Signal, string>> = { metrics: "object-store" };

/** Folder in which a container mounts the secret; the configuration refers to its own neighbours by this path. */
export const objectStoreMount = "/etc/object-store";

/** The bucket's configuration in that folder. */
export const objectStoreConfigFile = `${objectStoreMount}/objstore.yml`;
