/** What would change, by the real engine: on a stack of this checkout, or from nothing with the file of a stack or an example. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { prepareCertManagerCrds, prepareCrds } from "../crds";
import { prepareEngine, prepareOpenStackPlugin } from "../engine";
import { ToolError } from "../errors";
import { nowhere } from "../nowhere";
import { root } from "../paths";
import { haveState, onStack, pulumi } from "../pulumi";
import { devStack, usesOpenStack } from "../stackConfig";
import { type Previewed, previewFromNothing } from "../throwaway";

export async function preview(): Promise<void> {
  const { EXAMPLE: example, STACK } = process.env;
  if (example) return previewExample(example);
  const stack = STACK || devStack;
  const file = join(root, `Pulumi.${stack}.yaml`);
  if (stack !== devStack && existsSync(file) && !haveState(stack)) return fromNothing(stack, file);
  if (existsSync(file) && usesOpenStack(readFileSync(file, "utf8"))) await prepareOpenStackPlugin();
  await onStack(stack, () => pulumi(["preview", "--diff", "--stack", stack], { show: true }));
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
  await fromNothing(name, file);
}

async function fromNothing(name: string, file: string): Promise<void> {
  await prepareEngine();
  if (usesOpenStack(readFileSync(file, "utf8"))) await prepareOpenStackPlugin();
  await prepareCrds();
  await prepareCertManagerCrds();
  const { OS_AUTH_URL, OS_CLOUD } = process.env;
  const found = await previewFromNothing({ name, file, env: OS_AUTH_URL || OS_CLOUD ? {} : nowhere });
  process.stdout.write(`\n${summary(found)}\n`);
  if (!found.accepted) throw new ToolError(`${name} would not be made`);
}

/** `214 resources to make, 0 rules broken, 9.1 s` */
export const summary = ({ resources, violations, seconds }: Previewed): string =>
  `${resources} resources to make, ${violations.length} rules broken, ${seconds.toFixed(1)} s`;
