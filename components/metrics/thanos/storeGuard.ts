/**
 * The store guard beside a store of Thanos: it adds the tenant's matcher to whatever is selected there, and passes nothing else on.
 * tenants' Thanos Query, read gateway → store guard —loopback→ sidecar, store gateway. The program: programs/guards.
 */

import { toBytes } from "../../../config/quantities";
import { images } from "../../../versions";
import { ports, programs, tenantLabel } from "../../names";
import { resourcesFor, type Size } from "../../workload/sizes";
import type { Container } from "../../workload/workload";

/** Its container, the row of its resources, and the `job` of its metrics. */
export const storeGuardJob = "store-guard";

/** Name of its StoreAPI's port, by which it is looked up; a port's name is at most 15 characters long. */
export const guardPort = "guard";
export const guardHttpPort = "guard-http";

/** Names all guards of a Service at once, as Thanos looks them up. */
export const guardEndpoint = (service: string, namespace: string): string =>
  `dnssrv+_${guardPort}._tcp.${service}.${namespace}.svc`;

/** The guard as a container of the store's pod. */
export const storeGuard = (size: Size) =>
  ({
    name: storeGuardJob,
    image: images.guards,
    args: [
      "store",
      `--grpc-address=0.0.0.0:${ports.storeGuard}`,
      `--http-address=0.0.0.0:${ports.storeGuardHttp}`,
      `--store=127.0.0.1:${ports.grpc}`,
      `--label=${tenantLabel}`,
      ...budgetArgs(size),
    ],
    ports: [
      { name: guardPort, number: ports.storeGuard },
      {
        name: guardHttpPort,
        number: ports.storeGuardHttp,
        internal: true,
        metrics: { job: storeGuardJob },
      },
    ],
    readiness: { path: "/-/ready", port: guardHttpPort },
    liveness: { path: "/-/healthy", port: guardHttpPort },
    resources: resourcesFor(storeGuardJob, size),
  }) satisfies Container;

/**
 * What a tenant's queries may take out of one store, so that no tenant fills the memory of Thanos Query, which all share. It holds all that was
 * selected, out of three stores or so, at up to twice its size on the wire: at an eighth of its limit each, one tenant's queries fill two
 * servers by less than a half.
 */
function budgetArgs(size: Size): string[] {
  const limit = toBytes(resourcesFor(programs.query, size).memoryLimit);
  return [`--max-request-bytes=${limit / 32}`, `--max-tenant-bytes=${limit / 8}`];
}
