/** GitLab's file: the same stages as GitHub's workflows, and the same care. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { versions } from "../../../versions";

const root = resolve(__dirname, "../../..");
const text = readFileSync(join(root, "examples/gitlab/.gitlab-ci.yml"), "utf8");

const lines = z.array(z.union([z.string(), z.array(z.string())]));
const rule = z.strictObject({ if: z.string(), when: z.enum(["manual", "always", "on_failure"]).optional() });
const job = z.strictObject({
  stage: z.enum(["check", "preview", "up", "drift"]),
  extends: z.enum([".packages", ".credentials"]).optional(),
  needs: z
    .array(z.union([z.string(), z.strictObject({ job: z.string(), artifacts: z.literal(true) })]))
    .optional(),
  interruptible: z.boolean().optional(),
  resource_group: z.string().optional(),
  timeout: z.string().optional(),
  environment: z.strictObject({ name: z.string(), action: z.literal("verify").optional() }).optional(),
  variables: z.record(z.string(), z.string()).optional(),
  rules: z.array(rule).min(1),
  script: lines,
  artifacts: z
    .strictObject({
      when: z.enum(["always", "on_failure"]),
      expire_in: z.string(),
      paths: z.array(z.string()),
    })
    .optional(),
});

const whole: Record<string, unknown> = parse(text, {
  customTags: [{ tag: "!reference", collection: "seq" }],
});
const {
  stages,
  variables: _,
  default: fallback,
  ".packages": _packages,
  ".credentials": credentials,
  ...rest
} = whole;
const jobs = Object.entries(rest).map(([name, given]) => ({ name, ...job.parse(given) }));
const jobOf = (name: string) => jobs.find((j) => j.name === name);

const fromMergeRequests = jobs.filter(({ rules }) => rules.some((r) => r.if.includes("merge_request_event")));
const withSecrets = (j: (typeof jobs)[number]): boolean =>
  j.environment !== undefined || j.extends === ".credentials";

test("has the stages that GitHub's workflows are", () => {
  expect(stages).toEqual(["check", "preview", "up", "drift"]);
  expect(new Set(jobs.map(({ stage }) => stage))).toEqual(new Set(["check", "preview", "up", "drift"]));
});

test("runs the engine of versions.ts", () => {
  expect(fallback).toMatchObject({ image: `pulumi/pulumi-nodejs-22:${versions.pulumi}` });
});

test("logs in by OIDC, with no key of AWS in any variable", () => {
  expect(credentials).toMatchObject({ id_tokens: { AWS_TOKEN: { aud: "sts.amazonaws.com" } } });
  expect(text).not.toMatch(/AWS_(SECRET_ACCESS|ACCESS)_KEY/);
});

test("gives forks no secrets", () => {
  const risky = fromMergeRequests.filter(withSecrets);
  expect(risky.map(({ name }) => name)).toEqual(["preview", "comment"]);
  for (const { rules } of risky)
    for (const r of rules)
      expect(r.if).toContain("$CI_MERGE_REQUEST_SOURCE_PROJECT_PATH == $CI_PROJECT_PATH");
});

test("has the token for comments only where nothing of the repository runs", () => {
  for (const j of jobs.filter(({ environment }) => environment?.name === "comments"))
    expect(j).toMatchObject({ variables: { GIT_STRATEGY: "none" } });
  expect(
    jobs.filter(({ script }) => JSON.stringify(script).includes("COMMENT_TOKEN")).map(({ name }) => name),
  ).toEqual(["comment", "tell"]);
});

test("takes no text of a merge request into a script", () => {
  for (const { script } of jobs)
    expect(JSON.stringify(script)).not.toMatch(
      /CI_(MERGE_REQUEST_(TITLE|DESCRIPTION|SOURCE_BRANCH)|COMMIT_(MESSAGE|TITLE|REF|BRANCH))/,
    );
});

test("changes production by hand, in the protected environment, one at a time, after the preview", () => {
  expect(jobOf("up")).toMatchObject({
    environment: { name: "prod" },
    resource_group: "stack-prod",
    interruptible: false,
    needs: ["check", "merged"],
    rules: [{ when: "manual" }],
  });
});

test.each([
  ["preview", /pulumi preview .*--policy-pack policies/],
  ["merged", /pulumi preview .*--policy-pack policies/],
  ["up", /pulumi up .*--policy-pack policies --yes/],
  ["drift", /pulumi refresh .*--preview-only --expect-no-changes/],
])("%s runs what it is called", (name, command) => {
  expect(jobOf(name)?.script.flat().join("\n")).toMatch(command);
});

test.each(["comment", "tell"])("the program of %s is good JavaScript", (name) => {
  const [, program = ""] =
    /<<'PROGRAM'\n([\s\S]*)\nPROGRAM/.exec(jobOf(name)?.script.flat().join("\n") ?? "") ?? [];
  expect(program).toContain("fetch");
  const checked = spawnSync(process.execPath, ["--input-type=module", "--check"], {
    input: program,
    encoding: "utf8",
  });
  expect(checked.stderr).toBe("");
});
