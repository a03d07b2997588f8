/**
 * A plain description of a program: what runs, with which arguments, files, ports, volumes and probes. It says nothing of
 * Kubernetes or Docker; a renderer turns it into objects of either.
 */
import type { Input } from "@pulumi/pulumi";
import type { Image } from "../../versions";

export interface Workload {
  /** Name of the program, its pods, its Service. A DNS label. */
  readonly name: string;
  /** `stateless`: any replica may vanish. `stateful`: stable names, one data volume a replica. */
  readonly kind: "stateless" | "stateful";
  /** Number of equal copies. Above one they get a disruption budget and stay off each other's nodes if they can. */
  readonly replicas: number;
  readonly containers: readonly Container[];
  /** Containers that run to their end before the others start. */
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  /** User and group id of the processes and owner of the volumes. Default 65534 (nobody). */
  readonly user?: number;
  /** Service account and whether its token is mounted. Default: one of its own that can do nothing, not mounted. */
  readonly identity?: { readonly account: Input<string>; readonly mountToken: boolean };
  /** Seconds that the program gets to end. Default 30. */
  readonly gracePeriod?: number;
  /** Service in front of it. Default: a cluster IP for all ports that are not `internal`. */
  readonly service?: ServiceShape;
  /** Text whose change restarts the pods: the content of configuration that the program reads only at start. */
  readonly restartOn?: Input<string>;
}

/** `headless`: DNS gives each replica's address. `nodePorts`: port name → port on every node. */
export type ServiceShape =
  | { readonly type: "clusterIP" }
  | { readonly type: "headless" }
  | { readonly type: "nodePort"; readonly nodePorts: Readonly<Record<string, number>> }
  | { readonly type: "loadBalancer"; readonly annotations?: Readonly<Record<string, string>> };

export interface Container {
  readonly name: string;
  readonly image: Image;
  /** Replaces the image's entry point. Rarely needed. */
  readonly command?: readonly string[];
  readonly args: readonly Input<string>[];
  /** Environment: a plain text or a key of a secret. */
  readonly env?: Readonly<Record<string, Input<string> | SecretKey>>;
  readonly ports: readonly Port[];
  readonly mounts?: readonly Mount[];
  readonly resources: Resources;
  readonly readiness?: Probe;
  readonly liveness?: Probe;
}

export interface SecretKey {
  readonly secret: Input<string>;
  readonly key: string;
}

export interface Port {
  /** At most 15 characters; unique in the pod. */
  readonly name: string;
  readonly number: number;
  /** Port of the Service. Default: `number`. */
  readonly service?: number;
  /** Only reachable inside the pod or for scrapes: not part of the Service. Default false. */
  readonly internal?: boolean;
  /** Set on a port that serves metrics: the platform's Prometheus scrapes it. `job` is the program's name by default. */
  readonly metrics?: { readonly path?: string; readonly scheme?: "http" | "https"; readonly job?: string };
}

/** An HTTP probe on a named port. Periods and thresholds are the renderer's. */
export interface Probe {
  readonly path: string;
  readonly port: string;
  readonly scheme?: "http" | "https";
}

export interface Mount {
  /** Name of a volume of the workload. */
  readonly volume: string;
  readonly path: string;
  /** Default true. */
  readonly readOnly?: boolean;
  readonly subPath?: string;
}

/**
 * `secret` and `configMap` are read-only files; `projected` are files of several of them in one folder, which change together;
 * `scratch` is empty and goes with the pod; `data` stays.
 */
export type Volume =
  | { readonly name: string; readonly type: "secret"; readonly secret: Input<string> }
  | { readonly name: string; readonly type: "configMap"; readonly configMap: Input<string> }
  | { readonly name: string; readonly type: "projected"; readonly sources: readonly ProjectedFiles[] }
  | { readonly name: string; readonly type: "scratch"; readonly sizeLimit?: string }
  | { readonly name: string; readonly type: "data"; readonly size: string; readonly storageClass?: string };

/** Files of one Secret or ConfigMap, by key: the path in the folder. */
export type ProjectedFiles = {
  readonly files: Readonly<Record<string, string>>;
  /** Whether pods start without it, and get the files when it comes. Default false. */
  readonly optional?: boolean;
} & ({ readonly secret: Input<string> } | { readonly configMap: Input<string> });

/** Kubernetes quantities. Memory is requested and limited; CPU is only requested, as throttling delays scrapes and queries. */
export interface Resources {
  readonly cpu: string;
  readonly memory: string;
  readonly memoryLimit: string;
}
