/**
 * Thanos Compactor: merges blocks in the bucket, makes 5-minute and 1-hour samples of old ones, and deletes what has expired.
 * Exactly one may work on a bucket: two would merge the same blocks and overlap.
 */
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../../config";
import { images } from "../../../versions";
import { programs } from "../../names";
import { type ObjectStore, objectStoreConfigFile, objectStoreMount } from "../../storage/objectStore";
import { KubernetesWorkload } from "../../workload/kubernetes";
import { resourcesFor, type Size } from "../../workload/sizes";
import type { Workload } from "../../workload/workload";
import { commonArgs, httpPort, liveness, readiness } from "./common";

export interface ThanosCompactArgs {
  /** Namespace of the platform. */
  readonly namespace: string;
  /** Resource requests, and how many groups of blocks it works on at a time. */
  readonly size: Size;
  readonly config: EnvironmentConfig["thanos"];
  /** Bucket whose blocks it keeps in order. */
  readonly objectStore: ObjectStore;
  /** Storage class of its volume. Default: the cluster's. */
  readonly storageClass: string | undefined;
}

export class ThanosCompact extends pulumi.ComponentResource {
  constructor(name: string, args: ThanosCompactArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:metrics:ThanosCompact", name, {}, opts);
    const { namespace } = args;
    new KubernetesWorkload(`${name}-program`, { namespace, workload: compact(args) }, { parent: this });
    this.registerOutputs({});
  }
}

/** The compactor as a plain description. Stateful, so that a new pod starts only when the old one has ended. */
export const compact = ({ size, config, objectStore, storageClass }: ThanosCompactArgs): Workload => ({
  name: programs.compact,
  kind: "stateful",
  replicas: 1,
  volumes: [
    {
      name: "data",
      type: "data",
      size: config.compactStorage,
      ...(storageClass === undefined ? {} : { storageClass }),
    },
    { name: "object-store", type: "secret", secret: objectStore.secretName },
  ],
  containers: [
    {
      name: programs.compact,
      image: images.thanos,
      args: compactArgs(config.retention, size),
      ports: [httpPort],
      mounts: [
        { volume: "data", path: dataDir, readOnly: false },
        { volume: "object-store", path: objectStoreMount },
      ],
      readiness,
      liveness,
      resources: resourcesFor(programs.compact, size),
    },
  ],
});

const dataDir = "/var/thanos/compact";

/** Groups of blocks worked on at a time; each takes about one core. A group is one Prometheus at one resolution. */
const concurrency = { small: 1, medium: 2, large: 4 } as const;

/** Command line. Samples of the two replicas stay apart in the bucket: merging them there could not be undone. */
export const compactArgs = (retention: EnvironmentConfig["thanos"]["retention"], size: Size): string[] => [
  "compact",
  ...commonArgs,
  "--wait",
  `--data-dir=${dataDir}`,
  `--objstore.config-file=${objectStoreConfigFile}`,
  `--retention.resolution-raw=${retention.raw}`,
  `--retention.resolution-5m=${retention.fiveMinutes}`,
  `--retention.resolution-1h=${retention.oneHour}`,
  `--compact.concurrency=${concurrency[size]}`,
  `--downsample.concurrency=${concurrency[size]}`,
  // Store gateways need time to notice that a block was replaced.
  "--delete-delay=48h",
  "--disable-admin-operations",
  "--web.disable",
];
