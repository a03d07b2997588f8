/** The workflows: pinned, with few permissions, nothing of a stranger in a script, and the stages that docs/ci.md promises. */
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { program } from "../../../toolchain/paths";
import { versions } from "../../../versions";
import { testWith } from "../../support/tools";
import { codeOf, type Job, jobs, sharedAction, workflowOf, workflows } from "../../support/workflows";

const root = resolve(__dirname, "../../..");
const steps = [...sharedAction.steps, ...jobs.flatMap(({ job }) => job.steps)];
const texts = [sharedAction.text, ...workflows.map(({ text }) => text)];

test("there is one for each stage", () => {
  expect(workflows.map(({ name, file }) => `${name} ${file}`).sort()).toEqual([
    "check check.yml",
    "drift drift.yml",
    "image image.yml",
    "lifecycle lifecycle.yml",
    "preview preview.yml",
    "up up.yml",
  ]);
});

describe("actions", () => {
  const uses = texts.flatMap((text) =>
    [...text.matchAll(/uses: (\S+)(.*)/g)].map(([, ref = "", rest = ""]) => ({ ref, rest })),
  );
  const foreign = uses.filter(({ ref }) => !ref.startsWith("./"));

  test("are pinned by commit, with the version beside it", () => {
    expect(foreign.length).toBeGreaterThan(5);
    for (const { ref, rest } of foreign) {
      expect(ref).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      expect(rest).toMatch(/^ # v\d+\.\d+\.\d+$/);
    }
  });

  test("have one version each", () => {
    const pins = new Map(foreign.map(({ ref, rest }) => [`${ref}${rest}`, ref.split("@")[0]]));
    expect(new Set(pins.values()).size).toBe(pins.size);
  });

  test("bring the engine of versions.ts", () => {
    expect(steps.flatMap(({ with: given }) => given?.["pulumi-version"] ?? [])).toEqual([versions.pulumi]);
  });

  test("leave no token of the repository behind", () => {
    const checkouts = steps.filter(({ uses: ref }) => ref?.startsWith("actions/checkout@"));
    expect(checkouts).toHaveLength(7);
    for (const { with: given } of checkouts) expect(given).toMatchObject({ "persist-credentials": false });
  });
});

describe("permissions", () => {
  test("are none, or to read the code, unless a job says more", () => {
    for (const { permissions } of workflows) expect([{}, { contents: "read" }]).toContainEqual(permissions);
  });

  const publishes = ({ name }: (typeof jobs)[number]): boolean => name === "image/guards";

  test("of a job that runs the repository's code change nothing on GitHub", () => {
    for (const { job } of jobs.filter((j) => runsOurCode(j.job) && !publishes(j)))
      expect([undefined, { contents: "read", "id-token": "write" }]).toContainEqual(job.permissions);
  });

  test("to publish are of one job, on main alone, that runs the repository's code nowhere but in a build", () => {
    const [job, ...others] = jobs.filter(publishes);
    expect(others).toEqual([]);
    expect(job?.workflow.on).not.toHaveProperty("pull_request");
    expect(job?.job.permissions).toEqual({ contents: "read", packages: "write" });
    expect(job?.job.if).toBe("github.ref == 'refs/heads/main'");
    expect(JSON.stringify(job?.job.steps)).not.toMatch(/npm|npx|node |make |\.\//);
  });

  test("to write comments or issues are of jobs that run nothing of the repository", () => {
    const writers = jobs.filter(
      (j) =>
        !publishes(j) &&
        Object.entries(j.job.permissions ?? {}).some(([what, how]) => how === "write" && what !== "id-token"),
    );
    expect(writers.map(({ name, job }) => [name, job.permissions])).toEqual([
      ["drift/tell", { issues: "write" }],
      ["preview/comment", { "pull-requests": "write" }],
    ]);
    for (const { job } of writers) expect(runsOurCode(job)).toBe(false);
  });
});

const runsOurCode = ({ steps: all }: Job): boolean =>
  all.some(({ uses = "" }) => /^actions\/checkout@|^\.\//.test(uses));
const usesSecrets = (job: Job): boolean => /secrets\.|id-token/.test(JSON.stringify(job));

describe("strangers", () => {
  test("start no workflow that has the repository's secrets", () => {
    for (const { on } of workflows) {
      expect(Object.keys(on)).not.toContain("pull_request_target");
      expect(Object.keys(on)).not.toContain("workflow_run");
    }
  });

  test("from forks get no credentials", () => {
    const risky = jobs.filter(({ workflow, job }) => "pull_request" in workflow.on && usesSecrets(job));
    expect(risky.map(({ name }) => name)).toEqual(["preview/preview"]);
    for (const { job } of risky)
      expect(job.if).toBe("github.event.pull_request.head.repo.full_name == github.repository");
  });

  test("get nothing of theirs into a script: no expression stands in any", () => {
    const code = steps.flatMap((step) => codeOf(step) ?? []);
    expect(code.length).toBeGreaterThan(5);
    for (const text of code) expect(text).not.toContain("${{");
  });

  test("choose no text that a job takes over", () => {
    for (const text of texts)
      expect(text).not.toMatch(/head_ref|head\.ref\b|\.title|\.body\b.*\}\}|commits\[|\.label/);
  });

  test("get no secret by a job without an environment", () => {
    for (const { job } of jobs.filter(({ job: j }) => usesSecrets(j)))
      expect(job.environment).toMatch(/^prod(-preview)?$/);
  });
});

describe("what runs", () => {
  const commands = (workflow: string, job: string): string =>
    (workflowOf(workflow).jobs[job]?.steps ?? [])
      .flatMap(({ run }) => run ?? [])
      .join("\n")
      .replaceAll(/\\?\n\s*/g, " ");

  test("a preview judges by the policy pack and fails when it is refused", () => {
    expect(commands("preview", "preview")).toMatch(
      /pulumi preview .*--policy-pack policies .*--non-interactive/,
    );
    expect(commands("preview", "preview")).toMatch(/test "\$accepted" = yes\s*$/);
  });

  test("an update comes after a preview and behind the gate, and one at a time", () => {
    const { jobs: both, concurrency } = workflowOf("up");
    expect(both.up).toMatchObject({ needs: "preview", environment: "prod" });
    expect(commands("up", "up")).toMatch(/pulumi up .*--policy-pack policies --yes --non-interactive/);
    expect(concurrency).toEqual({ group: "stack-prod", "cancel-in-progress": false });
  });

  test("drift is looked for every night, and nothing is changed", () => {
    expect(workflowOf("drift").on).toMatchObject({ schedule: [{ cron: "17 3 * * *" }] });
    expect(commands("drift", "look")).toMatch(/pulumi refresh .*--preview-only --expect-no-changes/);
  });

  test("an environment lives its whole life with released plugins", () => {
    const life = commands("lifecycle", "kind");
    expect(life).toContain("pulumi-resource-");
    const steps = ["make up", "--expect-no-changes", "config set", "--refresh", "destroy", "make down"];
    const places = steps.map((step) => life.indexOf(step));
    expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test("the checks are those of everybody", () => {
    expect(commands("check", "check")).toMatch(/make check/);
  });
});

testWith("actionlint", "shellcheck")("actionlint finds nothing, and shellcheck nothing in the shell", () => {
  const files = workflows.map(({ file }) => join(".github/workflows", file));
  const linters = ["-shellcheck", program("shellcheck"), "-pyflakes", ""];
  const { stdout, stderr, status } = spawnSync(program("actionlint"), [...linters, ...files], {
    cwd: root,
    encoding: "utf8",
  });
  expect(stdout + stderr).toBe("");
  expect(status).toBe(0);
});
