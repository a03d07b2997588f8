/**
 * The configuration of one environment, from Pulumi.<stack>.yaml. `loadConfig` reads it, fills in defaults and checks it; every
 * mistake is reported at once, with its path and its mend, before anything is created.
 */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { type Problem, tell } from "./config/problems";
import { namespacesOf, rules } from "./config/rules";
import { type ParsedConfig, schema } from "./config/schema";

/** A tenant with everything decided. */
export interface TenantConfig extends Omit<ParsedConfig["tenants"][string], "namespaces"> {
  readonly name: string;
  /** At least one; the first is the tenant's home: its service account and its sample application live there. */
  readonly namespaces: readonly [string, ...string[]];
}

/** The whole environment, defaults filled in. */
export interface EnvironmentConfig extends Omit<ParsedConfig, "tenants"> {
  readonly tenants: readonly TenantConfig[];
  readonly kubeconfigPath: string;
}

export type Checked = { readonly config: EnvironmentConfig } | { readonly problems: readonly Problem[] };

/** Checks plain values as they stand under `moat:`. Pure but for a look at the kubeconfig. */
export function checkConfig(
  raw: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv = process.env,
): Checked {
  const parsed = schema.safeParse(raw);
  if (!parsed.success) return { problems: parsed.error.issues.flatMap(toProblems) };
  const kubeconfigPath = findKubeconfig(parsed.data.cluster.kubeconfig, env);
  const problems = [
    ...rules.flatMap((rule) => rule(parsed.data)),
    ...checkKubeconfig(kubeconfigPath, parsed.data.cluster.context),
  ];
  if (problems.length > 0) return { problems };
  const tenants = Object.entries(parsed.data.tenants).map(([name, tenant]): TenantConfig => {
    const [home = name, ...others] = namespacesOf(name, tenant);
    return { ...tenant, name, namespaces: [home, ...others] };
  });
  return { config: { ...parsed.data, tenants, kubeconfigPath } };
}

/** Secrets that have keys of their own, so that they are encrypted in the file and never part of a plain object. */
const secretKeys = ["objectStoreAccessKey", "objectStoreSecretKey"] as const;

/** Reads the stack's configuration. Throws one error with every mistake. */
export function loadConfig(): EnvironmentConfig {
  const stackConfig = new pulumi.Config("moat");
  const raw: Record<string, unknown> = {};
  for (const key of Object.keys(pulumi.runtime.allConfig())) {
    const [space, name] = key.split(/:(.*)/s);
    if (space !== "moat" || name === undefined || secretKeys.some((s) => s === name)) continue;
    raw[name] = readValue(stackConfig.require(name));
  }
  const checked = checkConfig(raw);
  if ("problems" in checked) throw new pulumi.RunError(tell(checked.problems));
  return checked.config;
}

/** Objects and lists come as JSON, everything else as text. */
function readValue(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  return JSON.parse(text);
}

function findKubeconfig(configured: string | undefined, env: NodeJS.ProcessEnv): string {
  if (configured !== undefined) return resolve(configured);
  const [first] = (env["KUBECONFIG"] ?? "").split(delimiter).filter((p) => p !== "");
  return first ?? resolve(homedir(), ".kube/config");
}

function checkKubeconfig(path: string, context: string | undefined): Problem[] {
  const problem = (reason: string, mend: string): Problem[] => [
    { path: "moat:cluster.kubeconfig", reason, mend },
  ];
  if (!existsSync(path)) {
    return problem(`there is no file ${path}`, "run `make up`, or name the kubeconfig of your own cluster");
  }
  let content: unknown;
  try {
    content = parse(readFileSync(path, "utf8"));
  } catch (error) {
    return problem(
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      "check the file's rights and that it is YAML",
    );
  }
  const contexts = contextNames(content);
  if (contexts === undefined)
    return problem(`${path} is not a kubeconfig`, "it must be YAML of kind Config with contexts");
  if (context !== undefined && !contexts.includes(context)) {
    return [
      {
        path: "moat:cluster.context",
        reason: `${path} has no context "${context}"`,
        mend: `take one of: ${contexts.join(", ")}`,
      },
    ];
  }
  return [];
}

function contextNames(content: unknown): string[] | undefined {
  if (typeof content !== "object" || content === null || !("contexts" in content)) return undefined;
  const { contexts } = content;
  if (!Array.isArray(contexts)) return undefined;
  return contexts.map((c: unknown) =>
    typeof c === "object" && c !== null && "name" in c && typeof c.name === "string" ? c.name : "",
  );
}

/** zod's words for the shape of a value are good; what to do about it is added here. */
function toProblems(issue: {
  code: string;
  path: PropertyKey[];
  message: string;
  keys?: string[];
}): Problem[] {
  const path = `moat:${issue.path.map(step).join("").replace(/^\./, "")}`;
  if (issue.code === "unrecognized_keys") {
    return (issue.keys ?? []).map((key) => ({
      path: path === "moat:" ? `moat:${key}` : `${path}.${key}`,
      reason: "is not a known key",
      mend: "remove it or correct its spelling; docs/config.md lists all keys",
    }));
  }
  const name = issue.path.at(-1);
  if (issue.code === "invalid_key") {
    return [{ path, reason: `"${String(name)}" is not a valid name`, mend: `a tenant's name ${nameRule}` }];
  }
  return [{ path, reason: issue.message, mend: "see docs/config.md for its meaning, unit and default" }];
}

const nameRule =
  "has at most 40 lower-case letters, digits and dashes, and begins and ends with a letter or digit";

const step = (part: PropertyKey): string => (typeof part === "number" ? `[${part}]` : `.${String(part)}`);
