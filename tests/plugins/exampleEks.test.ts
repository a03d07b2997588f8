/** examples/eks.yaml in the real engine, with every rule mandatory: it passes, and opened in any way it is refused by the rule for that. */
import { type Change, environmentOf, ourProgram } from "./support/environment";
import { ourPack } from "./support/packs";
import type { Stack } from "./support/stack";

jest.setTimeout(240_000);

let stack: Stack;
beforeAll(async () => {
  stack = await environmentOf("examples/eks.yaml");
});
afterAll(() => stack.close());

/** Rules that refuse the example with the changes, and the resources that they name: `s5c vpc-group`. */
async function refusals(...changes: readonly Change[]): Promise<string[]> {
  const { text } = await stack.failing("preview", ourProgram(...changes), ...ourPack);
  expect(text).toContain("❌ moat");
  const found = [...text.matchAll(/\[mandatory\].* ([a-z]\d+[a-z]?) {2}\((?:\S+: )?(\S+)\)/g)];
  return [...new Set(found.map(([, rule, resource]) => `${rule} ${resource}`))].sort();
}

test("as it stands nothing is refused, and everything of a cloud and a cluster is there", async () => {
  const { text, changes, steps } = await stack.preview(ourProgram(), ...ourPack);
  expect(text).toContain("✅ moat");
  expect(text).not.toContain("[mandatory]");
  expect(changes.create).toBeGreaterThan(250);
  for (const type of ["aws:eks/cluster:Cluster", "aws:s3/bucket:Bucket", "kubernetes:apps/v1:Deployment"])
    expect(steps.some((step) => step.startsWith(`create ${type} `))).toBe(true);
});

test("one security group opened", async () => {
  const inputs = `(props) => ({ ...props, ingress: [{ protocol: "tcp", fromPort: 10250, toPort: 10250, cidrBlocks: ["0.0.0.0/0"] }] })`;
  expect(await refusals({ type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", inputs })).toEqual([
    "s5c cluster-network-default-group",
  ]);
});

test("one bucket made public", async () => {
  const inputs = "(props) => ({ ...props, blockPublicPolicy: false, restrictPublicBuckets: false })";
  expect(await refusals({ type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", inputs })).toEqual([
    "s1a object-store-bucket-public-access",
  ]);
});

test("one gateway removed: the edge leads past it to the programs that answer anybody", async () => {
  const inputs = `(props) => ({ ...props, data: pulumi.output(props.data).apply((data) =>
    Object.fromEntries(Object.entries(data).map(([file, text]) =>
      [file, text.replace(/https:\\/\\/read-gateway\\.\\S+?(?="|\\s)/g, "http://thanos-query-frontend.moat-system.svc:10902")]))) })`;
  expect(await refusals({ type: "kubernetes:core/v1:ConfigMap", name: "edge-config", inputs })).toEqual([
    "q1 edge-config",
  ]);
});
