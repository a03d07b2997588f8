/** The whole program on a cluster that Magnum makes: before anything exists, and after. */
import { runtime } from "@pulumi/pulumi";
import { type Made, madeBy, objects, ofType, previewedBy } from "../../../support/mocks";
import { engineConfig } from "../../../support/stackFiles";
import { namesOf, wholeProgram } from "../../../support/wholeProgram";

// They come from the programs' own releases, and are large.
jest.mock("../../../../components/metrics/crds", () => ({ crdFiles: () => [] }));
jest.mock("../../../../components/edge/tls/certManagerCrds", () => ({ certManagerCrdFiles: () => [] }));

describe("the program", () => {
  let before: Made[];
  let after: Made[];
  beforeAll(async () => {
    runtime.setAllConfig(...engineConfig("examples/magnum.yaml"));
    before = await previewedBy(wholeProgram);
    after = await madeBy(wholeProgram);
  });

  test("makes the same resources whether the cluster is there or not", () => {
    expect(namesOf(before)).toEqual(namesOf(after));
    expect(objects(after).length).toBeGreaterThan(50);
  });

  test("tells its cluster from others by its name alone, so that nothing is replaced when it is known", () => {
    const providers = ofType(before, "pulumi:providers:kubernetes");
    expect(providers.map(({ inputs }) => inputs.clusterIdentifier)).toEqual(["prod"]);
  });

  test("lets programs through to the nodes' addresses only, of which the API's are some", () => {
    const walls = JSON.stringify(objects(after, "NetworkPolicy").map(({ inputs }) => inputs));
    expect(walls).toContain("10.0.0.0/24");
  });
});
