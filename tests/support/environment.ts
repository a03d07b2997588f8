import type { EnvironmentConfig } from "../../config";
import { type RawConfig, schema } from "../../config/schema";

/** A small valid environment without tenants, with any key changed. */
export const environment = (changes: Partial<Omit<RawConfig, "tenants">> = {}): EnvironmentConfig => ({
  ...schema.parse({
    clusterName: "test",
    objectStore: { kind: "inCluster" },
    edge: { domain: "moat.localhost" },
    ...changes,
  }),
  tenants: [],
  kubeconfigPath: "kubeconfig",
});
