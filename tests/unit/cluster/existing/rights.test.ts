/** The rights that are asked for, and the role that the documentation offers for them. That they are all: tests/unit/program.test.ts */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { needed } from "../../../../components/cluster/existing/rights";

const texts = z.array(z.string());
const roleShape = z.object({
  rules: z.array(z.object({ apiGroups: texts, resources: texts, verbs: texts })),
});

test("the role that the documentation offers grants each of them", () => {
  const text = readFileSync(resolve(__dirname, "../../../../docs/existing-clusters.md"), "utf8");
  const [, yaml = ""] = /```yaml\n(apiVersion: rbac[\s\S]*?)```/.exec(text) ?? [];
  const { rules } = roleShape.parse(parse(yaml));
  const lacking = needed.filter(
    ({ group, resource, verb }) =>
      !rules.some(
        (r) => r.apiGroups.includes(group) && r.resources.includes(resource) && r.verbs.includes(verb),
      ),
  );
  expect(lacking).toEqual([]);
});
