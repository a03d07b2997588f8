/** The whole program on a cluster that it makes itself in AWS: before anything exists, and after. */
import { runtime } from "@pulumi/pulumi";
import { type Made, madeBy, objects, ofType, previewedBy, unknownIn } from "../../../support/mocks";
import { engineConfig } from "../../../support/stackFiles";
import { namesOf, wholeProgram } from "../../../support/wholeProgram";

// They come from the programs' own releases, and are large.
jest.mock("../../../../components/metrics/crds", () => ({ crdFiles: () => [] }));
jest.mock("../../../../components/edge/tls/certManagerCrds", () => ({ certManagerCrdFiles: () => [] }));

describe("the program", () => {
  let before: Made[];
  let after: Made[];
  beforeAll(async () => {
    runtime.setAllConfig(...engineConfig("examples/eks.yaml"));
    before = await previewedBy(wholeProgram);
    after = await madeBy(wholeProgram);
  });

  test("makes the same resources whether the cluster is there or not", () => {
    expect(namesOf(before)).toEqual(namesOf(after));
    expect(objects(after).length).toBeGreaterThan(50);
  });

  test("tells its cluster from others by its name alone, so that nothing is replaced when it is known", () => {
    const providers = ofType(before, "pulumi:providers:kubernetes");
    expect(providers.map(({ inputs }) => inputs.clusterIdentifier)).toEqual(["moat-prod"]);
  });

  test("writes every right in IAM from names, so that a preview can judge it", () => {
    const policies = before.filter(({ type }) => type.startsWith("aws:iam/"));
    const unsaid = policies.flatMap(({ name, inputs: { policy, assumeRolePolicy, policyArn } }) =>
      unknownIn({ policy, assumeRolePolicy, policyArn }).map((path) => `${name} ${path}`),
    );
    expect(policies.length).toBeGreaterThan(10);
    expect(unsaid).toEqual([]);
  });

  test("makes everything in AWS by one provider, which tags it", () => {
    expect(ofType(after, "pulumi:providers:aws").map(({ inputs }) => inputs)).toMatchObject([
      {
        region: "eu-central-1",
        defaultTags: expect.stringContaining('"application":"moat"'),
      },
    ]);
  });

  test("lets programs through to the control plane only", () => {
    const walls = JSON.stringify(objects(after, "NetworkPolicy").map(({ inputs }) => inputs));
    for (const range of ["172.20.0.1/32", "10.60.195.0/28", "10.60.195.16/28", "10.60.195.32/28"])
      expect(walls).toContain(range);
  });
});
