/** What the stack tells: its outputs, as the commands use them. */
import { z } from "zod";
import { ToolError } from "./errors";
import { tryPulumi } from "./pulumi";
import { devStack } from "./stackConfig";

const pem = z.string().startsWith("-----BEGIN CERTIFICATE-----");

/** Outputs of the stack without its secrets. */
export const outputs = z.object({
  readGatewayUrl: z.url(),
  queryUrl: z.url(),
  /** Null where there is no Grafana. */
  grafanaUrl: z.url().nullish(),
  caCertificate: pem,
  /** Null where the authority of the edge's certificate is one that clients know. */
  edgeCaCertificate: pem.nullish(),
  tenants: z.record(
    z.string(),
    z.object({
      namespaces: z.array(z.string()).min(1),
      serviceAccount: z.string(),
      serviceAccountNamespace: z.string(),
    }),
  ),
  clusters: z.array(z.string()).min(1),
});

export type Outputs = z.infer<typeof outputs>;
export type Tenant = Outputs["tenants"][string];

export async function readOutputs(stack = devStack): Promise<Outputs> {
  const result = await tryPulumi(["stack", "output", "--json", "--stack", stack]);
  const advice = "bring the environment up first: make up";
  if (result.code !== 0) throw new ToolError(`the stack ${stack} has no outputs`, advice);
  const parsed = outputs.safeParse(JSON.parse(result.stdout));
  if (parsed.success) return parsed.data;
  throw new ToolError(
    `the outputs of the stack ${stack} are incomplete: ${z.prettifyError(parsed.error)}`,
    advice,
  );
}

export function tenantOf(outputs: Pick<Outputs, "tenants">, name: string | undefined): Tenant {
  const names = Object.keys(outputs.tenants);
  const tenant = name === undefined ? undefined : outputs.tenants[name];
  if (tenant !== undefined) return tenant;
  const usage = `name one of: ${names.join(", ")}, as in TENANT=${names[0] ?? "alpha"}`;
  throw new ToolError(
    name === undefined || name === "" ? "no tenant named" : `there is no tenant ${name}`,
    usage,
  );
}
