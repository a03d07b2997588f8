/** What would change, by the real engine: on a stack of this checkout, or from nothing with an example's configuration. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { prepareCrds } from "../crds";
import { prepareEngine } from "../engine";
import { ToolError } from "../errors";
import { root } from "../paths";
import { onStack, pulumi } from "../pulumi";
import { devStack } from "../stackConfig";
import { type Previewed, previewFromNothing } from "../throwaway";

export async function preview(): Promise<void> {
  const { EXAMPLE: example, STACK: stack = devStack } = process.env;
  if (example) return previewExample(example);
  await onStack(stack || devStack, () =>
    pulumi(["preview", "--diff", "--stack", stack || devStack], { show: true }),
  );
}

const folder = join(root, "examples");

async function previewExample(name: string): Promise<void> {
  const file = join(folder, `${name}.yaml`);
  if (!existsSync(file)) {
    const all = readdirSync(folder).flatMap((entry) => /^(.+)\.yaml$/.exec(entry)?.[1] ?? []);
    throw new ToolError(
      `there is no example ${name}`,
      `name one of ${all.join(", ")}, as in EXAMPLE=${all[0]}`,
    );
  }
  await prepareEngine();
  await prepareCrds();
  const found = await previewFromNothing({ name, file });
  process.stdout.write(`\n${summary(found)}\n`);
  if (!found.accepted) throw new ToolError(`the example ${name} would not be made`);
}

/** `214 resources to make, 0 rules broken, 9.1 s` */
export const summary = ({ resources, violations, seconds }: Previewed): string =>
  `${resources} resources to make, ${violations.length} rules broken, ${seconds.toFixed(1)} s`;
