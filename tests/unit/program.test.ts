/** The whole program, for each stack's file: every object is of its kind's schema, and the promises that cross components hold. */
import { runtime } from "@pulumi/pulumi";
import { made as asked } from "../../components/cluster/existing/rights";
import { type Made, madeBy, objects } from "../support/mocks";
import { validateAll } from "../support/schemas";
import { engineConfig, stackFiles } from "../support/stackFiles";
import { wholeProgram } from "../support/wholeProgram";

// They come from the programs' own releases.
jest.mock("../../components/metrics/crds", () => ({ crdFiles: () => [] }));
jest.mock("../../components/edge/tls/certManagerCrds", () => ({ certManagerCrdFiles: () => [] }));

// Here no machine will ever be a node.
jest.mock("../../components/cluster/openstack/readiness", () => ({ untilReady: async () => {} }));

/** What the program makes with the file of one stack. */
async function programOf(file: string): Promise<Made[]> {
  runtime.setAllConfig(...engineConfig(file));
  return madeBy(wholeProgram);
}

describe.each(stackFiles)("%s", (file) => {
  let made: Made[];
  beforeAll(async () => {
    made = await programOf(file);
  });

  test("makes objects that the published schemas allow", () => {
    expect(objects(made).length).toBeGreaterThan(50);
    expect(validateAll(made)).toEqual([]);
  });

  test("makes only kinds of objects for which a cluster that is there already is asked the right", () => {
    // Where a cluster is made, its storage class comes with it.
    const wanted = objects(made).flatMap(({ type }) =>
      type.endsWith(":StorageClass") ? [] : [resourceOf(type)],
    );
    expect(rights).toEqual(expect.arrayContaining([...new Set(wanted)]));
  });

  test("names no two objects of a kind alike", () => {
    const ids = objects(made).map(({ type, inputs }) => `${type} ${JSON.stringify(inputs.metadata)}`);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });
});

const rights = Object.entries(asked).flatMap(([group, resources]) =>
  resources.map((resource) => (group === "" ? resource : `${resource}.${group}`)),
);

/** `kubernetes:apps/v1:Deployment` → `deployments.apps`. Groups of definitions are read by the plugin. */
function resourceOf(type: string): string {
  const [, groupVersion = "", kind = ""] = /^kubernetes:(.+):(\w+)$/.exec(type) ?? [];
  const [group = ""] = groupVersion.split("/");
  if (group === "yaml") return "customresourcedefinitions.apiextensions.k8s.io";
  const plural = kind
    .toLowerCase()
    .replace(/(s|x|ch)$/, "$1e")
    .replace(/y$/, "ie")
    .concat("s");
  return group === "core" ? plural : `${plural}.${group}`;
}
