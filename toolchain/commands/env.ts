/** Prints what a shell needs: eval "$(make -s env)". */
import { pulumiEnv } from "../pulumi";

/** A value between single quotes, as every shell reads it. */
export const quoted = (value: string): string => `'${value.replace(/'/g, "'\\''")}'`;

export async function env(): Promise<void> {
  for (const [name, value] of Object.entries(pulumiEnv()))
    process.stdout.write(`export ${name}=${quoted(value)}\n`);
}
