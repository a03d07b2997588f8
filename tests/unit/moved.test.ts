import { withMovedDefinitions } from "../../toolchain/moved";

const prefix = "urn:pulumi:dev::moat::moat:metrics:Metrics";
const component = `${prefix}$moat:metrics:OperatorCrds::metrics-crds`;
const type = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
const old = `${prefix}$moat:metrics:OperatorCrds$${type}::metrics-crds-probes`;
const group = `${prefix}$moat:metrics:OperatorCrds$kubernetes:yaml/v2:ConfigGroup::metrics-crds`;
const id = "probes.monitoring.coreos.com";
const moved = `${prefix}$moat:metrics:OperatorCrds$kubernetes:yaml/v2:ConfigGroup$${type}::metrics-crds:${id}`;

const state = (resources: object[]) => ({ version: 3, deployment: { secrets: "kept", resources } });
const parent = { urn: component, type: "moat:metrics:OperatorCrds", custom: false };
const monitor = { urn: `${old}-monitor`, type: "x" };

test("definitions move under the group, and what depends on them follows", () => {
  const before = state([
    parent,
    { urn: old, type, id, parent: component, custom: true, inputs: { kept: true } },
    { ...monitor, dependencies: [old], propertyDependencies: { spec: [old] } },
  ]);
  const after = withMovedDefinitions(before);
  expect(after).toEqual(
    state([
      parent,
      { urn: group, custom: false, type: "kubernetes:yaml/v2:ConfigGroup", parent: component },
      { urn: moved, type, id, parent: group, custom: true, inputs: { kept: true } },
      { ...monitor, dependencies: [moved], propertyDependencies: { spec: [moved] } },
    ]),
  );
  expect(withMovedDefinitions(after)).toBeUndefined();
});

test("a group that a failed run left behind them comes before them", () => {
  const left = { urn: group, type: "kubernetes:yaml/v2:ConfigGroup", custom: false, parent: component };
  const after = withMovedDefinitions(state([parent, { urn: old, type, id, parent: component }, left]));
  expect(after).toEqual(state([parent, left, { urn: moved, type, id, parent: group }]));
});

test.each([
  ["an empty state", { version: 3, deployment: {} }],
  ["no state", undefined],
  ["no definitions", state([parent])],
  ["definitions of somebody else", state([parent, { urn: old, type, id, parent: "urn:other" }])],
])("%s is left alone", (_, given) => {
  expect(withMovedDefinitions(given)).toBeUndefined();
});
