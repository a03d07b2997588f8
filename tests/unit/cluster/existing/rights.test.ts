/** The rights that are asked for, and the role that the documentation offers for them. That they are all: tests/unit/program.test.ts */
import { needed } from "../../../../components/cluster/existing/rights";
import { documentedRules, rulesWithout } from "../../../support/existingCluster";

const grantedBy = (rules: ReturnType<typeof documentedRules>): string[] =>
  rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}.${group}`)),
    ),
  );

const lacking = (rules: ReturnType<typeof documentedRules>): string[] => {
  const granted = new Set(grantedBy(rules));
  return needed
    .map(({ group, resource, verb }) => `${verb} ${resource}.${group}`)
    .filter((right) => !granted.has(right));
};

test("the role that the documentation offers grants each of them", () => {
  expect(lacking(documentedRules())).toEqual([]);
});

test("the rights that the provider takes seldom, and admission, are among them", () => {
  expect(lacking(rulesWithout("update", "bypass"))).toEqual([
    "update customresourcedefinitions.apiextensions.k8s.io",
    "bypass isolation.moat.dev",
  ]);
});
