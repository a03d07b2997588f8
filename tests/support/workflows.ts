/** The workflows of .github as tests see them: parsed, and no looser than what we use of them. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const root = resolve(__dirname, "../..");
const values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const permissions = z.record(z.string(), z.enum(["read", "write"]));

const step = z.strictObject({
  name: z.string().optional(),
  id: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  with: values.optional(),
  env: values.optional(),
  shell: z.string().optional(),
  run: z.string().optional(),
});

const job = z.strictObject({
  if: z.string().optional(),
  needs: z.string().optional(),
  "runs-on": z.string(),
  "timeout-minutes": z.int(),
  environment: z.string().optional(),
  permissions: permissions.optional(),
  outputs: z.record(z.string(), z.string()).optional(),
  steps: z.array(step).min(1),
});

const workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions,
  env: values.optional(),
  concurrency: z.strictObject({ group: z.string(), "cancel-in-progress": z.boolean() }),
  jobs: z.record(z.string(), job),
});

const action = z.object({ runs: z.object({ using: z.literal("composite"), steps: z.array(step) }) });

export type Step = z.output<typeof step>;
export type Job = z.output<typeof job>;

export interface Workflow extends z.output<typeof workflow> {
  readonly file: string;
  readonly text: string;
}

const folder = join(root, ".github/workflows");

export const workflows: readonly Workflow[] = readdirSync(folder).map((file) => {
  const text = readFileSync(join(folder, file), "utf8");
  return { file, text, ...workflow.parse(parse(text)) };
});

export const workflowOf = (name: string): Workflow => {
  const found = workflows.find((w) => w.name === name);
  if (found === undefined) throw new Error(`there is no workflow ${name}`);
  return found;
};

const actionText = readFileSync(join(root, ".github/actions/pulumi/action.yml"), "utf8");

/** Our own action, which the workflows share. */
export const sharedAction = { text: actionText, steps: action.parse(parse(actionText)).runs.steps };

/** Every job with its name and its workflow. */
export const jobs: readonly { readonly name: string; readonly workflow: Workflow; readonly job: Job }[] =
  workflows.flatMap((w) =>
    Object.entries(w.jobs).map(([name, j]) => ({ name: `${w.name}/${name}`, workflow: w, job: j })),
  );

/** What a step runs: shell, or a script for GitHub's API. */
export const codeOf = ({ run, with: given }: Step): string | undefined =>
  run ?? (typeof given?.script === "string" ? given.script : undefined);
