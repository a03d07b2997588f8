/** Files of whole environments, ours and the examples, as tests give them to the program. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { type GivenSecrets, secretKeys } from "../../config/secrets";
import { temporaryFolder, writeKubeconfig } from "./kubeconfig";

const root = resolve(__dirname, "../..");
const kubeconfig = writeKubeconfig(temporaryFolder());

/** Paths from the project's folder. */
export const stackFiles: readonly string[] = [
  ...readdirSync(root).filter((file) => /^Pulumi\..+\.yaml$/.test(file)),
  ...readdirSync(join(root, "examples"))
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => `examples/${file}`),
];

const shape = z.object({ config: z.record(z.string(), z.unknown()) });
const madeCluster = z.looseObject({ kind: z.enum(["openstack", "magnum", "eks"]) });

/**
 * The configuration by its keys without `moat:`. A cluster that is there already is one that no test has: a kubeconfig of nobody's stands
 * for it.
 */
export function configIn(file: string): Record<string, unknown> {
  const { config } = shape.parse(parse(readFileSync(join(root, file), "utf8")));
  const plain = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace("moat:", ""), value]),
  );
  if (madeCluster.safeParse(plain.cluster).success) return plain;
  return { ...plain, cluster: { kubeconfig, checks: false } };
}

/** All secrets, as if they were set. */
export const secretsSet: GivenSecrets = Object.fromEntries(Object.keys(secretKeys).map((key) => [key, true]));

/** The same as the engine hands it to the program: texts, and the keys of those that are secret. */
export function engineConfig(file: string): [Record<string, string>, string[]] {
  const texts = Object.entries(configIn(file)).map(([key, value]) => [
    `moat:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const secrets = Object.keys(secretKeys).map((key) => `moat:${key}`);
  return [Object.fromEntries([...texts, ...secrets.map((key) => [key, "made-up"])]), secrets];
}
