/** examples/eks.yaml in the real engine, with every rule mandatory: it passes, and opened in any way it is refused by the rule for that. */
import { namespaceHeader, ports, tenantLabel } from "../../components/names";
import { imageRef, images } from "../../versions";
import { environmentOf, gatewayRemoved, ourProgram, refusals } from "./support/environment";
import { ourPack } from "./support/packs";
import { json } from "./support/programs";
import type { Stack } from "./support/stack";

let stack: Stack;
beforeAll(async () => {
  stack = await environmentOf("examples/eks.yaml");
});
afterAll(() => stack.close());

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
  expect(
    await refusals(stack, { type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", inputs }),
  ).toEqual(["s5c cluster-network-default-group"]);
});

test("one bucket made public", async () => {
  const inputs = "(props) => ({ ...props, blockPublicPolicy: false, restrictPublicBuckets: false })";
  expect(
    await refusals(stack, { type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", inputs }),
  ).toEqual(["s1a object-store-bucket-public-access"]);
});

test("one gateway removed: the edge leads past it to the programs that answer anybody", async () => {
  expect(await refusals(stack, gatewayRemoved)).toEqual(["q1 edge-config"]);
});

test("half a gateway removed: nobody asks who it is, and the filter answers in its place", async () => {
  const filter = {
    name: "prom-label-proxy",
    image: imageRef(images.promLabelProxy),
    args: [
      `--insecure-listen-address=0.0.0.0:${ports.readGateway}`,
      "--upstream=http://thanos-query-frontend:10902",
      `--label=${tenantLabel}`,
      `--header-name=${namespaceHeader}`,
    ],
    ports: [{ name: "https", containerPort: ports.readGateway }],
  };
  // By hand, as what is not known yet would make all that it is a part of unknown.
  const inputs = `({ spec: { template, ...spec }, ...props }) => {
    const [guard] = template.spec.containers;
    const containers = [{ ...guard, ...${json(filter)} }];
    return { ...props, spec: { ...spec, template: { ...template, spec: { ...template.spec, containers } } } };
  }`;
  expect(
    await refusals(stack, { type: "kubernetes:apps/v1:Deployment", name: "read-gateway-deployment", inputs }),
  ).toEqual(["q1 edge-config", "q2b read-gateway-deployment", "q2t platform-walls-read-gateway"]);
});

/** Code: inputs with another value of one field. */
const set = (field: string, value: unknown): string => `(props) => ({ ...props, ${field}: ${json(value)} })`;

/** Code: inputs with other values of fields below one of them. */
const within = (field: string, values: object): string =>
  `(props) => ({ ...props, ${field}: pulumi.output(props.${field}).apply((now) => ({ ...now, ...${json(values)} })) })`;

const openPolicy = json({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" }],
});

test("every other door, each by its own rule", async () => {
  const ssh = { protocol: "tcp", fromPort: 22, toPort: 22, cidrIpv4: "0.0.0.0/0" };
  const found = await refusals(
    stack,
    {
      type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      inputs: `(props) => ({ ...props, ...${json(ssh)} })`,
    },
    { type: "aws:s3/bucketPolicy:BucketPolicy", inputs: set("policy", openPolicy) },
    {
      type: "aws:ec2/launchTemplate:LaunchTemplate",
      inputs: within("metadataOptions", { httpTokens: "optional" }),
    },
    { type: "aws:eks/cluster:Cluster", inputs: within("vpcConfig", { endpointPublicAccess: true }) },
    { type: "aws:eks/addon:Addon", name: "cluster-vpc-cni", inputs: set("configurationValues", "{}") },
    {
      type: "kubernetes:storage.k8s.io/v1:StorageClass",
      inputs: within("parameters", { encrypted: "false" }),
    },
  );
  expect(found).toEqual([
    "s1c object-store-bucket-policy",
    // Who may come without TLS is said nowhere any more.
    "s1d object-store-bucket-policy",
    "s1n cluster-gp3",
    "s4b cluster-nodes-template",
    "s5d cluster-control-plane-api-from-10.200.0.0/16",
    "s7a cluster-control-plane-cluster",
    "s7g cluster-vpc-cni",
  ]);
});
