/** The list of policies that the pack is made of. In the engine: tests/plugins/policyPack.test.ts */
import { moatPolicies } from "../../policies/moatPolicies";
import type { Rule } from "../../policies/rule";
import { rules } from "../../policies/rules";
import { stackRules } from "../../policies/stackRules";

const broken = (expression: string): Rule => ({
  id: "X1",
  title: "A rule of the test",
  why: "It breaks.",
  severity: "low",
  references: [],
  scope: "everywhere",
  on: ["v1/Pod"],
  validations: [{ expression, message: "m" }],
  samples: { good: [], bad: [] },
});

test("has every rule under its id, at the level of the settings", () => {
  const made = moatPolicies({ level: "advisory", levels: { P1: "mandatory", S3: "disabled" } });
  const levels = new Map(made.map((policy) => [policy.name, policy.enforcementLevel]));
  // Changes of what stands in a cluster meet the API server only.
  const judged = rules.filter((rule) => rule.judges === undefined);
  for (const { id } of [...judged, ...stackRules]) expect(levels.has(id.toLowerCase())).toBe(true);
  expect([levels.get("p1"), levels.get("p2"), levels.get("s3")]).toEqual([
    "mandatory",
    "advisory",
    "disabled",
  ]);
});

test.each(["object.. ==", "nobody(object)", "request.userInfo.username == ''"])(
  "is not made with the condition %s, which is no CEL or sees what there is not",
  (expression) => {
    expect(() => moatPolicies({}, [...rules, broken(expression)])).toThrow(
      /rule X1 has a condition that is no CEL/,
    );
  },
);

test("is not made of settings that are wrong", () => {
  expect(() => moatPolicies({ levels: { X9: "disabled" } })).toThrow("X9 is no rule");
});
