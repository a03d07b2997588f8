/** The whole program on a cluster that it makes itself: before anything exists, and after. */
import { runtime } from "@pulumi/pulumi";
import { violationsIn } from "../../../support/judged";
import { type Made, madeBy, objects, ofType, previewedBy, unknownIn } from "../../../support/mocks";
import { leastCluster } from "../../../support/openstackCluster";
import { validateAll } from "../../../support/schemas";
import { namesOf, wholeProgram } from "../../../support/wholeProgram";

// They come from the operator's own release, and are large.
jest.mock("../../../../components/metrics/crds", () => ({ crdFiles: () => [] }));
// Here no machine will ever be a node.
jest.mock("../../../../components/cluster/openstack/readiness", () => ({ untilReady: async () => {} }));

const config = {
  "moat:clusterName": "prod",
  "moat:cluster": JSON.stringify(leastCluster),
  "moat:objectStore": '{"kind":"inCluster"}',
  "moat:edge": '{"domain":"example.org"}',
  "moat:tenants": '{"alpha":{"users":["alice"]}}',
};

describe("the program", () => {
  let before: Made[];
  let after: Made[];
  beforeAll(async () => {
    runtime.setAllConfig(config, []);
    before = await previewedBy(wholeProgram);
    after = await madeBy(wholeProgram);
  });

  test("makes the same resources whether the cluster is there or not", () => {
    expect(namesOf(before)).toEqual(namesOf(after));
    expect(objects(after).length).toBeGreaterThan(50);
  });

  test("hands one provider to all objects of the cluster, and it tells no other cluster apart than by its name", () => {
    const providers = ofType(before, "pulumi:providers:kubernetes");
    expect(providers.map(({ inputs }) => inputs.clusterIdentifier)).toEqual(["prod"]);
  });

  test("says where its programs find each other before there is a cluster, so that rules can judge it", () => {
    const judged = ["ConfigMap", "Deployment"].flatMap((kind) => objects(before, kind));
    const unsaid = judged.flatMap(({ name, inputs: { spec, data } }) =>
      unknownIn({ spec, data }).map((path) => `${name} ${path}`),
    );
    expect(unsaid.length).toBeGreaterThan(0);
    // Names of accounts and secrets, and what pods are restarted on, are not judged; certificates are let through.
    expect(unsaid.filter((text) => /args|env|\.ya?ml/.test(text))).toEqual([]);
  });

  test("makes objects that the published schemas allow", () => {
    expect(validateAll(after)).toEqual([]);
  });

  test("breaks no rule on what it makes in the cloud", () => {
    const found = violationsIn([...before, ...after].filter(({ type }) => type.startsWith("openstack:")));
    expect(found).toEqual([]);
  });

  test("lets programs through to the servers' addresses only", () => {
    const walls = JSON.stringify(objects(after, "NetworkPolicy").map(({ inputs }) => inputs));
    expect(walls).toContain("10.40.0.16/28");
  });
});
