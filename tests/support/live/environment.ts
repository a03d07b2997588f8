/** The running environment: brought up if it is not, and what its stack says of itself. */
import { z } from "zod";
import { outputs } from "../../../toolchain/outputs";
import { root } from "../../../toolchain/paths";
import { pulumiEnv } from "../../../toolchain/pulumi";
import { must, run } from "../../../toolchain/shell";
import { tell } from "./progress";
import { pulumi } from "./pulumi";
import { stack } from "./settings";

const withSecrets = outputs.extend({ queryPassword: z.string().min(1) });

export type Environment = z.output<typeof withSecrets>;

let known: Promise<Environment> | undefined;

/** Outputs of the stack, secrets included. The first call in a test file sets PATH, KUBECONFIG and Pulumi's variables. */
export const environment = (): Promise<Environment> => {
  known ??= find();
  return known;
};

async function find(): Promise<Environment> {
  Object.assign(process.env, pulumiEnv());
  const running = await readOutputs();
  if (running !== undefined) return running;
  tell("the environment is not up: make up");
  await must("make", ["up"], { cwd: root, show: true });
  const made = await readOutputs();
  if (made === undefined)
    throw new Error("`make up` ended, but the stack has no outputs or the cluster does not answer");
  return made;
}

async function readOutputs(): Promise<Environment | undefined> {
  const alive = await run("kubectl", ["get", "--raw", "/readyz", "--request-timeout=5s"]).catch(
    () => undefined,
  );
  if (alive?.code !== 0) return undefined;
  const { code, stdout } = await pulumi("stack", "output", "--json", "--show-secrets", "--stack", stack);
  if (code !== 0) return undefined;
  const read = withSecrets.safeParse(JSON.parse(stdout));
  return read.success ? read.data : undefined;
}
