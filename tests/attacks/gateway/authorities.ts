/** The environment's own authorities: whoever has the stack's state can sign with them, and only so are wrong certificates wrong in one place. */
import { z } from "zod";
import { grafanaUser } from "../../../components/tenancy/tenant";
import type { KubernetesObject } from "../../support/live/kubectl";
import { exportState } from "../../support/live/pulumi";
import { readerRole } from "../../support/live/throwaway";
import type { KeyPair } from "../../support/readerCertificates";
import { attacker, victim } from "./traces";

export interface Authorities {
  /** Signs clients of the read gateway. */
  readonly readers: KeyPair;
  /** Signs servers. */
  readonly servers: KeyPair;
}

/** A secret as the engine shows it when it is told to. */
const shown = z.union([
  z.string(),
  z.object({ plaintext: z.string() }).transform((s) => z.string().parse(JSON.parse(s.plaintext))),
]);
const state = z.object({
  deployment: z.object({
    resources: z.array(z.object({ urn: z.string(), outputs: z.record(z.string(), z.unknown()).optional() })),
  }),
});

export async function readAuthorities(): Promise<Authorities> {
  const { resources } = state.parse(JSON.parse(await exportState("--show-secrets"))).deployment;
  const output = (resource: string, name: string): string => {
    const found = resources.find(({ urn }) => urn.endsWith(`::${resource}`))?.outputs?.[name];
    if (found === undefined) throw new Error(`the stack's state has no ${name} of ${resource}`);
    return shown.parse(found);
  };
  const pair = (name: string): KeyPair => ({
    certificate: output(`${name}-certificate`, "certPem"),
    key: output(`${name}-key`, "privateKeyPem"),
  });
  return { readers: pair("readers"), servers: pair("private-ca") };
}

/** What an environment with Grafana has: the tenants' certificates open their namespaces. */
export const readerBindings: readonly KubernetesObject[] = [attacker, victim].map((tenant) => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "RoleBinding",
  metadata: { name: "attack-certificates", namespace: tenant },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: readerRole },
  subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: grafanaUser(tenant) }],
}));
