import { temporaryFolder, writeFile } from "../tests/support/kubeconfig";
import { summary } from "./commands/preview";
import { told } from "./throwaway";

const folder = temporaryFolder();

const logOf = (...events: readonly object[]): string =>
  writeFile(folder, "events.json", events.map((event) => `${JSON.stringify(event)}\n`).join(""));

test("a preview is told by the engine's own events", () => {
  const broken = { policyName: "s5c", enforcementLevel: "mandatory", message: "open", color: "never" };
  expect(
    told(
      logOf(
        { sequence: 1, preludeEvent: {} },
        { policyEvent: broken },
        { summaryEvent: { resourceChanges: { create: 214 }, durationSeconds: 9 } },
      ),
    ),
  ).toEqual({
    resources: 214,
    violations: [{ rule: "s5c", level: "mandatory", message: "open" }],
  });
});

test("an engine that never began has told nothing", () => {
  expect(told("/nowhere/events.json")).toEqual({ resources: 0, violations: [] });
});

test("the last line", () => {
  expect(summary({ accepted: true, resources: 214, violations: [], seconds: 9.06, said: "" })).toBe(
    "214 resources to make, 0 rules broken, 9.1 s",
  );
});
