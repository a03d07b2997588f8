/**
 * An S3 server in the cluster: versitygw on a volume, for environments without a cloud. One replica, as its data is on one volume;
 * while it restarts, Thanos tries again and Prometheus keeps its blocks.
 *
 * sidecars, store gateway, compactor —TLS→ S3 server → volume
 */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { images } from "../../versions";
import { ports, programLabels, programs } from "../names";
import type { PrivateCa } from "../trust/privateCa";
import { ServerCertificate } from "../trust/serverCertificate";
import { KubernetesWorkload } from "../workload/kubernetes";
import { resourcesFor, type Size } from "../workload/sizes";
import type { Workload } from "../workload/workload";
import { bucketSecret, s3Config } from "./bucketConfig";
import type { ObjectStore, Signal } from "./objectStore";

export interface InClusterStoreArgs {
  /** Namespace of the platform. */
  readonly namespace: pulumi.Input<string>;
  /** What the bucket holds. */
  readonly signal: Signal;
  /** Name of the bucket. */
  readonly bucket: string;
  /** Size of its volume, such as `20Gi`. */
  readonly storage: string;
  /** Storage class of the volume. Default: the cluster's. */
  readonly storageClass?: string | undefined;
  /** Resource requests. */
  readonly size: Size;
  /** Authority of its certificate. */
  readonly ca: PrivateCa;
  /** Makes Pulumi refuse to delete or replace the server, whose volume holds the data. */
  readonly protectData: boolean;
}

export class InClusterStore extends pulumi.ComponentResource implements ObjectStore {
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: InClusterStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:storage:InClusterStore", name, {}, opts);
    const parent = { parent: this };
    const { namespace, signal, bucket, ca } = args;
    const host = pulumi.interpolate`${programs.s3}.${namespace}.svc`;

    const certificate = new ServerCertificate(
      `${name}-certificate`,
      { ca, namespace, dnsNames: [host] },
      parent,
    );
    const accessKey = new random.RandomPassword(`${name}-access-key`, { length: 20, special: false }, parent)
      .result;
    const secretKey = new random.RandomPassword(`${name}-secret-key`, { length: 40, special: false }, parent)
      .result;
    const credentials = new kubernetes.core.v1.Secret(
      `${name}-credentials`,
      {
        metadata: { name: `${programs.s3}-credentials`, namespace, labels: programLabels(programs.s3) },
        stringData: { [keys.access]: accessKey, [keys.secret]: secretKey },
      },
      parent,
    );
    const server = new KubernetesWorkload(
      `${name}-server`,
      {
        namespace,
        workload: s3Server(args, {
          certificate: certificate.secretName,
          credentials: credentials.metadata.name,
          // The server reads both only at its start.
          restartOn: pulumi.interpolate`${certificate.certificatePem}${accessKey}${secretKey}`,
        }),
      },
      { parent: this, protect: args.protectData },
    );
    const config = new kubernetes.core.v1.Secret(
      `${name}-config`,
      bucketSecret({
        namespace,
        signal,
        config: pulumi.all([server.host, accessKey, secretKey]).apply(([host, accessKey, secretKey]) =>
          s3Config({
            endpoint: `${host}:${ports.s3}`,
            region,
            bucket,
            keys: { accessKey, secretKey },
            lookup: "path",
            privateCa: true,
          }),
        ),
        certificatePem: ca.certificatePem,
      }),
      parent,
    );
    this.secretName = config.metadata.name;
    this.registerOutputs({ secretName: this.secretName });
  }
}

const keys = { access: "access-key", secret: "secret-key" } as const;

/** versitygw's default; it only has to be the same on both sides of a signature. */
export const region = "us-east-1";

/** Each folder in it is a bucket. */
const dataDir = "/data";

/** Part of the volume that is `dataDir`: beside it a file system may have folders of its own, such as lost+found. */
const buckets = "buckets";

/** Where TLS files are mounted. */
const tlsDir = "/etc/tls";

interface ServerParts {
  readonly certificate: pulumi.Input<string>;
  readonly credentials: pulumi.Input<string>;
  readonly restartOn: pulumi.Input<string>;
}

/** The server as a plain description. */
export function s3Server(
  args: Omit<InClusterStoreArgs, "namespace" | "signal" | "ca" | "protectData">,
  parts: ServerParts,
): Workload {
  const { bucket, storage, storageClass, size } = args;
  const container = { image: images.s3, resources: resourcesFor(programs.s3, size) };
  return {
    name: programs.s3,
    kind: "stateful",
    replicas: 1,
    restartOn: parts.restartOn,
    volumes: [
      { name: "data", type: "data", size: storage, ...(storageClass !== undefined && { storageClass }) },
      { name: "tls", type: "secret", secret: parts.certificate },
    ],
    initContainers: [
      {
        ...container,
        // A bucket is a folder, and Kubernetes makes the folders that it mounts: the program itself has nothing to do.
        name: "make-bucket",
        args: ["--version"],
        ports: [],
        mounts: [{ volume: "data", path: dataDir, subPath: `${buckets}/${bucket}` }],
      },
    ],
    containers: [
      {
        ...container,
        name: programs.s3,
        args: serverArgs,
        env: {
          ROOT_ACCESS_KEY_ID: { secret: parts.credentials, key: keys.access },
          ROOT_SECRET_ACCESS_KEY: { secret: parts.credentials, key: keys.secret },
        },
        ports: [{ name: "https", number: ports.s3 }],
        mounts: [
          { volume: "data", path: dataDir, subPath: buckets, readOnly: false },
          { volume: "tls", path: tlsDir },
        ],
        readiness: { path: healthPath, port: "https", scheme: "https" },
        liveness: { path: healthPath, port: "https", scheme: "https" },
      },
    ],
  };
}

/** No bucket can have this name, so it hides none. */
const healthPath = "/-health";

/**
 * Thanos uses the server's one account. A second one with rights on its bucket only would gain little: there is but this bucket, the
 * server has no accounts to manage without `--iam-dir`, and the admin API listens on loopback. Versions are not kept: Thanos
 * never overwrites a block, and versitygw does not expire what the compactor deletes.
 */
export const serverArgs = [
  `--port=:${ports.s3}`,
  `--cert=${tlsDir}/tls.crt`,
  `--key=${tlsDir}/tls.key`,
  `--region=${region}`,
  `--health=${healthPath}`,
  "--admin-port=127.0.0.1:7071",
  // No line a request: a compaction makes thousands.
  "--quiet",
  "posix",
  dataDir,
];
