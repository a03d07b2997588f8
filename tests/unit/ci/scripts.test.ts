/** The scripts that write comments and issues, run with a GitHub that is made up. */
import { type Job, workflowOf } from "../../support/workflows";

interface Call {
  readonly what: string;
  readonly given: Readonly<Record<string, unknown>>;
}

interface Thing {
  readonly id?: number;
  readonly number?: number;
  readonly body?: string;
  readonly user?: { readonly type: string };
}

/** What the job's script does, with these variables, when GitHub has these comments or issues. */
async function run(job: Job | undefined, env: Record<string, string>, there: readonly Thing[] = []) {
  const calls: Call[] = [];
  const record = (what: string) => async (given: Record<string, unknown>) => void calls.push({ what, given });
  const issues = {
    listComments: "comments",
    listForRepo: async () => ({ data: there }),
    createComment: record("createComment"),
    updateComment: record("updateComment"),
    create: record("create"),
    update: record("update"),
  };
  const failures: string[] = [];
  const script = job?.steps[0]?.with?.script;
  const body = new AsyncFunction("github", "context", "core", "process", String(script));
  await body(
    { rest: { issues }, paginate: async () => there },
    { repo: { owner: "o", repo: "r" }, issue: { number: 7 } },
    { setFailed: (text: string) => failures.push(text) },
    { env: { STACK: "prod", GITHUB_SHA: "0123456789abcdef", GITHUB_RUN_ID: "1", ...env } },
  );
  return { calls, failures, text: calls.map(({ given }) => String(given.body)).join("\n") };
}

/** The constructor of functions that may wait. */
const AsyncFunction: FunctionConstructor = Object.getPrototypeOf(async () => {}).constructor;

describe("the comment on a pull request", () => {
  const { comment } = workflowOf("preview").jobs;
  const mark = "<!-- moat preview of prod -->";

  test("holds the result, and what Pulumi said", async () => {
    const { calls, text } = await run(comment, { ACCEPTED: "yes", SAID: "12 to create" });
    expect(calls).toMatchObject([{ what: "createComment", given: { issue_number: 7 } }]);
    expect(text).toContain("this change would be made (0123456789)");
    expect(text).toContain("```\n12 to create\n```");
  });

  test("says that a change would be refused", async () => {
    expect((await run(comment, { ACCEPTED: "no", SAID: "[mandatory]" })).text).toContain(
      "**would be refused**",
    );
  });

  test("is renewed, and nobody else's is touched", async () => {
    const there = [
      { id: 1, body: `${mark} not ours`, user: { type: "User" } },
      { id: 2, body: `${mark}\nearlier`, user: { type: "Bot" } },
    ];
    const { calls } = await run(comment, { ACCEPTED: "yes", SAID: "x" }, there);
    expect(calls).toMatchObject([{ what: "updateComment", given: { comment_id: 2 } }]);
  });

  test("cannot be left by what it holds", async () => {
    const { text } = await run(comment, { ACCEPTED: "yes", SAID: "```\n@everybody **approved**\n````" });
    expect(text).toContain("`````\n```\n@everybody **approved**\n````\n`````");
  });
});

describe("the issue of drift", () => {
  const { tell } = workflowOf("drift").jobs;

  test("is opened when there is none", async () => {
    const { calls, failures } = await run(tell, { SAME: "no", SAID: "~ update" });
    expect(calls).toMatchObject([
      { what: "create", given: { title: "Drift in prod", labels: ["drift-prod"] } },
    ]);
    expect(failures).toEqual(["drift"]);
  });

  test("is written on while it is open", async () => {
    const { calls } = await run(tell, { SAME: "no", SAID: "~ update" }, [{ number: 3 }]);
    expect(calls).toMatchObject([{ what: "createComment", given: { issue_number: 3 } }]);
  });

  test("tells of a look that failed before it said anything", async () => {
    expect((await run(tell, { SAME: "", SAID: "" })).text).toContain("The look itself failed.");
  });

  test("is closed when drift is gone, and a night without any is silent", async () => {
    const { calls, failures } = await run(tell, { SAME: "yes", SAID: "" }, [{ number: 3 }]);
    expect(calls.map(({ what }) => what)).toEqual(["createComment", "update"]);
    expect(failures).toEqual([]);
    expect((await run(tell, { SAME: "yes", SAID: "" })).calls).toEqual([]);
  });
});
