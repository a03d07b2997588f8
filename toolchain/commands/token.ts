/** Prints a token for a tenant's data source. */
import { tokenFor } from "../gateway";
import { readOutputs, tenantOf } from "../outputs";

export async function token(): Promise<void> {
  const tenant = tenantOf(await readOutputs(), process.env.TENANT);
  process.stdout.write(`${await tokenFor(tenant, "1h")}\n`);
}
