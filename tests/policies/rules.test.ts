import { readdirSync } from "node:fs";
import { join } from "node:path";
import { unknownCheckingProxy } from "@pulumi/policy";
import { typeOf } from "../../policies/crossguard";
import { Namespaces, violationsOf } from "../../policies/evaluate";
import { rules } from "../../policies/rules";
import { records } from "../../policies/rules/foundations/records";
import { violations } from "./support";

/** How the engine writes an object that a preview cannot know. */
const unknownObject = "dd056dcd-154b-4c76-9bd3-c8f88648b5ff";

describe.each(rules)("$id $title", (rule) => {
  test("has samples of both sorts, of kinds that it looks at", () => {
    const { good, bad } = rule.samples;
    expect(good.length * bad.length).toBeGreaterThan(0);
    for (const sample of [...good, ...bad]) {
      const kind = sample.type ?? `${String(sample.object.apiVersion)}/${String(sample.object.kind)}`;
      expect(rule.on).toContain(kind);
    }
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
      for (const message of said) expect(message.startsWith(`${rule.id}: `)).toBe(true);
    },
  );

  test("each of its conditions is broken by a sample", () => {
    const said = rule.samples.bad.flatMap((sample) => violations(rule, sample));
    for (const { message } of rule.validations) expect(said).toContain(`${rule.id}: ${message}`);
  });

  // No preview meets a connection.
  const previewed = rule.judges === "connections" ? [] : rule.on;
  if (previewed.length > 0)
    test.each(previewed)("refuses %s when nothing of it is known before the update", (kind) => {
      const type = typeOf(kind);
      const fields = rule.samples.bad.flatMap(({ object }) => Object.keys(object));
      const props = Object.fromEntries(fields.map((field) => [field, unknownObject]));
      const said = violationsOf(
        rule,
        { type, name: "unknown", props: unknownCheckingProxy(props) },
        new Namespaces(),
      );
      expect(said).toEqual([expect.stringContaining("is not known before the update")]);
    });
});

test("a field that only the cloud fills in is judged when it is known, and the others at once", () => {
  const judged = (props: object) =>
    violationsOf(
      records,
      { type: "openstack:dns/recordSet:RecordSet", name: "record", props: unknownCheckingProxy(props) },
      new Namespaces(),
    );
  expect(judged({ name: "a.example.org.", type: "A", records: unknownObject })).toEqual([]);
  expect(judged({ name: "a.example.org.", type: "A", records: ["127.0.0.1"] })).toHaveLength(1);
  expect(judged({ name: "*.example.org.", type: "A", records: unknownObject })).toEqual([
    "S2f: Write a record for each host instead of a wildcard.",
  ]);
  expect(judged({ name: unknownObject, type: "A", records: unknownObject })).toHaveLength(1);
});

test("no two rules have one id, and every file of rules/ is in a list", () => {
  expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length);
  const files = readdirSync(join(__dirname, "../../policies/rules"), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith(".ts") && !file.endsWith("index.ts"));
  expect(rules).toHaveLength(files.length);
});
