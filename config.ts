/**
 * The configuration of one environment, from Pulumi.<stack>.yaml. `loadConfig` reads it, fills in defaults and checks it; every
 * mistake is reported at once, with its path and its mend, before anything is created.
 */
import * as pulumi from "@pulumi/pulumi";
import { allConfig, isConfigSecret } from "@pulumi/pulumi/runtime/config";
import { credentialProblems } from "./config/cloudCredentials";
import { checkKubeconfig, findKubeconfig } from "./config/kubeconfig";
import { type Problem, tell } from "./config/problems";
import { namespacesOf, rules } from "./config/rules";
import { type ParsedConfig, schema } from "./config/schema";
import { type GivenSecrets, isSecretKey, secretProblems } from "./config/secrets";
import { shapeProblems, wellFormed } from "./config/shape";

declare module "@pulumi/pulumi/runtime/config" {
  /** Whether a key's value is encrypted. The SDK exports it for its own `Config`, without a type. */
  export function isConfigSecret(key: string): boolean;
}

/** A tenant with everything decided. */
export interface TenantConfig extends Omit<ParsedConfig["tenants"][string], "namespaces"> {
  readonly name: string;
  /** At least one; the first is the tenant's home: its service account and its sample application live there. */
  readonly namespaces: readonly [string, ...string[]];
}

/** The whole environment, defaults filled in. */
export interface EnvironmentConfig extends Omit<ParsedConfig, "tenants"> {
  readonly tenants: readonly TenantConfig[];
  /** Where the kubeconfig of a cluster is that is there already. */
  readonly kubeconfigPath: string;
}

export type Checked = { readonly config: EnvironmentConfig } | { readonly problems: readonly Problem[] };

/**
 * Checks plain values as they stand under `moat:`, and which secrets stand beside them. Pure but for a look at the kubeconfig.
 * Rules run on whatever is well formed, so a mistake in one part does not hide those in others.
 */
export function checkConfig(
  raw: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv = process.env,
  secrets: GivenSecrets = {},
): Checked {
  const sound = wellFormed(raw);
  const existing = sound.cluster.kind === "existing" ? sound.cluster : undefined;
  const kubeconfigPath = findKubeconfig(existing?.kubeconfig, env);
  const problems = [
    ...shapeProblems(raw),
    ...rules.flatMap((rule) => rule(sound)),
    ...secretProblems(sound, secrets),
    ...(asksForExisting(raw.cluster) ? checkKubeconfig(kubeconfigPath, existing?.context) : []),
  ];
  if (problems.length > 0) return { problems };
  const parsed = schema.parse(raw);
  const tenants = Object.entries(parsed.tenants).map(([name, tenant]): TenantConfig => {
    const [home = name, ...others] = namespacesOf(name, tenant);
    return { ...tenant, name, namespaces: [home, ...others] };
  });
  return { config: { ...parsed, tenants, kubeconfigPath } };
}

/** Whether `cluster`, right or wrong in its other parts, means one that is there already. */
const asksForExisting = (cluster: unknown): boolean =>
  typeof cluster !== "object" || cluster === null || !("kind" in cluster) || cluster.kind === "existing";

/** Reads the stack's configuration. Throws one error with every mistake. */
export function loadConfig(): EnvironmentConfig {
  const raw: Record<string, unknown> = {};
  const secrets: Record<string, boolean> = {};
  for (const [key, text] of Object.entries(allConfig())) {
    const [space, name] = key.split(/:(.*)/s);
    // Pulumi.yaml gives optional texts the default "", as the engine asks for a value of every key that is declared.
    if (space !== "moat" || name === undefined || text === "") continue;
    if (isSecretKey(name)) secrets[name] = isConfigSecret(key);
    else raw[name] = readValue(text);
  }
  const checked = checkConfig(raw, process.env, secrets);
  const problems = [
    ...("problems" in checked ? checked.problems : []),
    ...credentialProblems(wellFormed(raw), process.env),
  ];
  if ("problems" in checked || problems.length > 0) throw new pulumi.RunError(tell(problems));
  return checked.config;
}

/** Objects and lists come as JSON, everything else as text. */
function readValue(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
