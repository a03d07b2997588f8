/**
 * Thanos Store gateway: serves the blocks in the bucket as if they were in a Prometheus.
 * operators' query → store gateway → bucket; tenants' query → store guard beside it → store gateway.
 */
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../../config";
import { images } from "../../../versions";
import { programs } from "../../names";
import { type ObjectStore, objectStoreConfigFile, objectStoreMount } from "../../storage/objectStore";
import { KubernetesWorkload } from "../../workload/kubernetes";
import { resourcesFor, type Size } from "../../workload/sizes";
import type { Workload } from "../../workload/workload";
import { commonArgs, grpcArgs, grpcPort, httpPort, liveness, readiness } from "./common";
import { partOf } from "./memory";
import { guardEndpoint, storeGuard } from "./storeGuard";

export interface ThanosStoreArgs {
  /** Namespace of the platform. */
  readonly namespace: string;
  /** Resource requests. */
  readonly size: Size;
  readonly config: EnvironmentConfig["thanos"];
  /** Bucket whose blocks it serves. */
  readonly objectStore: ObjectStore;
  /** Storage class of its volume. Default: the cluster's. */
  readonly storageClass: string | undefined;
}

export class ThanosStore extends pulumi.ComponentResource {
  /** Names all store gateways at once, as Thanos looks them up. */
  readonly grpcEndpoint: string;
  /** Names the guards in front of them, through which tenants' queries go. */
  readonly guardEndpoint: string;

  constructor(name: string, args: ThanosStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:metrics:ThanosStore", name, {}, opts);
    const { namespace } = args;
    new KubernetesWorkload(`${name}-program`, { namespace, workload: store(args) }, { parent: this });
    this.grpcEndpoint = `dnssrv+_grpc._tcp.${programs.store}.${namespace}.svc`;
    this.guardEndpoint = guardEndpoint(programs.store, namespace);
    this.registerOutputs({ grpcEndpoint: this.grpcEndpoint, guardEndpoint: this.guardEndpoint });
  }
}

/** The store gateway as a plain description. Its volume keeps the blocks' index headers, so that a restart need not fetch them. */
export const store = ({ size, config, objectStore, storageClass }: ThanosStoreArgs): Workload => {
  const resources = resourcesFor(programs.store, size);
  return {
    name: programs.store,
    kind: "stateful",
    replicas: config.storeReplicas,
    service: { type: "headless" },
    volumes: [
      {
        name: "data",
        type: "data",
        size: config.storeStorage,
        ...(storageClass === undefined ? {} : { storageClass }),
      },
      { name: "object-store", type: "secret", secret: objectStore.secretName },
    ],
    containers: [
      {
        name: programs.store,
        image: images.thanos,
        args: storeArgs(resources.memoryLimit),
        ports: [httpPort, grpcPort],
        mounts: [
          { volume: "data", path: dataDir, readOnly: false },
          { volume: "object-store", path: objectStoreMount },
        ],
        readiness,
        liveness,
        resources,
      },
      storeGuard(size),
    ],
  };
};

const dataDir = "/var/thanos/store";

/** Command line for a container with that memory limit. */
export const storeArgs = (memoryLimit: string): string[] => [
  "store",
  ...commonArgs,
  ...grpcArgs,
  `--data-dir=${dataDir}`,
  `--objstore.config-file=${objectStoreConfigFile}`,
  // Thanos refuses an index cache below 125 MB, the size of its largest item.
  `--index-cache-size=${partOf(memoryLimit, 0.3, 128)}`,
  `--chunk-pool-size=${partOf(memoryLimit, 0.3, 128)}`,
  // Maps a block's index header only while queries use it, so that years of old blocks cost no memory.
  "--store.enable-index-header-lazy-reader",
  // A block is served at the latest this long after its upload; until then the sidecar has it.
  "--sync-block-duration=3m",
  // Half of the compactor's delay, as Thanos advises: a replaced block vanishes from here before it does from the bucket.
  "--ignore-deletion-marks-delay=24h",
  "--disable-admin-operations",
  "--web.disable",
];
