/** What every object store offers to the programs that keep blocks in it, wherever it runs. */
import type { Output } from "@pulumi/pulumi";

export interface ObjectStore {
  /**
   * Secret in the platform's namespace. Mounted at `objectStoreMount` it shows `objstore.yml`, the bucket's configuration as
   * Thanos takes it (https://thanos.io/tip/thanos/storage.md/), and, if the store has a certificate of a private CA, `ca.crt`.
   */
  readonly secretName: Output<string>;
}

/** Folder in which a container mounts the secret; the configuration refers to its own neighbours by this path. */
export const objectStoreMount = "/etc/object-store";

/** The bucket's configuration in that folder. */
export const objectStoreConfigFile = `${objectStoreMount}/objstore.yml`;
