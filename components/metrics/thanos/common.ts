/** What all Thanos programs share. */
import { ports } from "../../names";
import type { Probe } from "../../workload/workload";

/** Flags of every Thanos program: where it listens, and that Go keeps its heap below the container's memory limit. */
export const commonArgs: readonly string[] = [
  "--log.level=info",
  `--http-address=0.0.0.0:${ports.http}`,
  // A browser page of another origin has no business here.
  "--web.disable-cors",
  "--enable-auto-gomemlimit",
];

/** Flags of those that speak the StoreAPI. */
export const grpcArgs: readonly string[] = [`--grpc-address=0.0.0.0:${ports.grpc}`];

export const readiness: Probe = { path: "/-/ready", port: "http" };
export const liveness: Probe = { path: "/-/healthy", port: "http" };

/** Every Thanos program's port for HTTP, with its metrics. */
export const httpPort = { name: "http", number: ports.http, metrics: {} };
export const grpcPort = { name: "grpc", number: ports.grpc };
