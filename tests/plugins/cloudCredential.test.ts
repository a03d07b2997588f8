/** The real engine, run by an application credential that may make no others: the preview says so, and the update ends before it makes anything. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Keystone } from "../support/keystone";
import { environmentOf, ourProgram } from "./support/environment";
import type { Outcome, Stack } from "./support/stack";

jest.setTimeout(300_000);

const folder = mkdtempSync(join(tmpdir(), "moat-keystone-"));
let keystone: Keystone;
beforeAll(async () => {
  keystone = await Keystone.start(folder);
});
afterAll(() => {
  keystone.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs by the credential of this id. */
async function by(id: string, run: (stack: Stack) => Promise<void>): Promise<void> {
  const stack = await environmentOf("Pulumi.prod.yaml", { env: keystone.as(id) });
  try {
    await run(stack.withRecorder("openstack"));
  } finally {
    stack.abandon();
  }
}

const obstacle = 'the application credential "moat-restricted" may make no others';
const preview = (stack: Stack): Promise<Outcome> => stack.preview(ourProgram());
const told = ({ messages }: Outcome): string[] => messages.filter((text) => text.includes("credential"));

test("one with rights to make things: told at preview, and an update makes nothing", async () => {
  await by("restricted", async (stack) => {
    const { steps, messages } = await preview(stack);
    expect(steps.length).toBeGreaterThan(200);
    expect(messages.filter((text) => text.startsWith("warning: an update would stop"))).toEqual([
      expect.stringContaining(obstacle),
    ]);
    const { text, steps: made } = await stack.failing("up", ourProgram());
    expect(text).toContain("1 obstacle in the cloud; nothing was created");
    expect(text).toContain(obstacle);
    expect(text).toContain("--unrestricted");
    expect(made).toEqual([]);
    expect(await stack.resources()).toEqual([]);
  });
});

test("one with the role reader alone is for previews, which say nothing", async () => {
  await by("reader", async (stack) => expect(told(await preview(stack))).toEqual([]));
});

test("a cloud that is not there leaves a preview as it was, with a word", async () => {
  await by("restricted", async (stack) => {
    keystone.stop();
    const outcome = await preview(stack);
    expect(outcome.steps.length).toBeGreaterThan(200);
    expect(told(outcome)).toEqual([expect.stringMatching(/^warning: .*could not be asked .*ECONNREFUSED/)]);
  });
});
