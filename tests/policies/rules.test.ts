import { readdirSync } from "node:fs";
import { join } from "node:path";
import { unknownCheckingProxy } from "@pulumi/policy";
import { objectOf, violationsOf } from "../../policies/policy";
import type { KubernetesObject, Rule } from "../../policies/rule";
import { rules } from "../../policies/rules";

/** How the engine writes an object that a preview cannot know. */
const unknownObject = "dd056dcd-154b-4c76-9bd3-c8f88648b5ff";

/** What the pack says to the resource of an object. */
function violations(rule: Rule, { apiVersion, kind, ...fields }: KubernetesObject): readonly string[] {
  const group = apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`;
  return violationsOf(rule, `kubernetes:${group}:${kind}`, fields);
}

describe.each(rules)("$id $title", (rule) => {
  test("has samples of both sorts, of kinds that it looks at", () => {
    const { good, bad } = rule.samples;
    expect(good.length * bad.length).toBeGreaterThan(0);
    for (const { apiVersion, kind } of [...good, ...bad])
      expect(rule.kinds).toContain(`${apiVersion}/${kind}`);
  });

  test.each(rule.samples.good.map((sample) => [JSON.stringify(sample), sample] as const))(
    "passes %s",
    (_, sample) => {
      expect(violations(rule, sample)).toEqual([]);
    },
  );

  test.each(rule.samples.bad.map((sample) => [JSON.stringify(sample), sample] as const))(
    "refuses %s",
    (_, sample) => {
      const said = violations(rule, sample);
      expect(said).not.toEqual([]);
      for (const message of said) {
        expect(message.startsWith(`${rule.id}: `)).toBe(true);
        expect(message.endsWith(rule.message)).toBe(true);
      }
    },
  );

  test("says nothing about other kinds", () => {
    expect(violations(rule, { apiVersion: "v1", kind: "ConfigMap", data: {} })).toEqual([]);
  });

  test("refuses what is not known before the update", () => {
    const [kind = ""] = rule.kinds;
    const type = `kubernetes:${kind.replace(/^v1\//, "core/v1/").replace(/\/(?=[^/]*$)/, ":")}`;
    const said = violationsOf(rule, type, unknownCheckingProxy({ spec: unknownObject }));
    expect(said).toEqual([expect.stringContaining("is not known before the update")]);
  });
});

test("no two rules have one id, and every file of rules/ is in the list", () => {
  expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length);
  const files = readdirSync(join(__dirname, "../../policies/rules")).filter((file) => file !== "index.ts");
  expect(rules).toHaveLength(files.length);
});

test("the kind of an object comes from its resource's token", () => {
  expect(objectOf("kubernetes:core/v1:Pod", {})).toMatchObject({ apiVersion: "v1", kind: "Pod" });
  expect(objectOf("kubernetes:apps/v1:Deployment", {})).toMatchObject({ apiVersion: "apps/v1" });
  expect(objectOf("random:index/randomPassword:RandomPassword", {})).toBeUndefined();
  expect(objectOf("pulumi:pulumi:Stack", {})).toBeUndefined();
});
