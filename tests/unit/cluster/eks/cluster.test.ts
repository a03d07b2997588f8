/** The whole cluster with a provider that is made up: what it makes, in which order, and that no rule of the pack is broken. */
import * as aws from "@pulumi/aws";
import { type ComponentResourceOptions, type CustomResourceOptions, isSecret, runtime } from "@pulumi/pulumi";
import * as fc from "fast-check";
import { EksCluster } from "../../../../components/cluster/eks";
import { EksControlPlane } from "../../../../components/cluster/eks/controlPlane";
import type { EksClusterConfig } from "../../../../config/eksCluster";
import { typeOf } from "../../../../policies/crossguard";
import { Namespaces, violationsOf } from "../../../../policies/evaluate";
import { rules } from "../../../../policies/rules";
import { eksAddons } from "../../../../versions";
import { anyCluster, clusterConfig } from "../../../support/eksCluster";
import { type Made, madeBy, objects, ofType } from "../../../support/mocks";
import { validateAll } from "../../../support/schemas";
import { settled } from "../../../support/settled";

const types = {
  vpc: "aws:ec2/vpc:Vpc",
  subnet: "aws:ec2/subnet:Subnet",
  nat: "aws:ec2/natGateway:NatGateway",
  route: "aws:ec2/route:Route",
  endpoint: "aws:ec2/vpcEndpoint:VpcEndpoint",
  flowLog: "aws:ec2/flowLog:FlowLog",
  ownGroup: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  transit: "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
  key: "aws:kms/key:Key",
  logs: "aws:cloudwatch/logGroup:LogGroup",
  role: "aws:iam/role:Role",
  attachment: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  cluster: "aws:eks/cluster:Cluster",
  entry: "aws:eks/accessEntry:AccessEntry",
  entryRights: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
  addon: "aws:eks/addon:Addon",
  group: "aws:eks/nodeGroup:NodeGroup",
  template: "aws:ec2/launchTemplate:LaunchTemplate",
  provider: "pulumi:providers:kubernetes",
} as const;

const make = (config: EksClusterConfig, opts: ComponentResourceOptions = {}): EksCluster =>
  new EksCluster("cluster", { cluster: "prod", config, provider: new aws.Provider("aws") }, opts);

async function run(config: EksClusterConfig): Promise<{ made: Made[]; cluster: EksCluster }> {
  let cluster: EksCluster | undefined;
  const made = await madeBy(() => {
    cluster = make(config);
  });
  if (cluster === undefined) throw new Error("no cluster was made");
  return { made, cluster };
}

const violations = (made: readonly Made[]): string[] =>
  made.flatMap(({ type, name, inputs: props }) =>
    rules
      .filter((rule) => rule.on.some((kind) => typeOf(kind) === type))
      .flatMap((rule) => violationsOf(rule, { type, name, props }, new Namespaces()))
      .map((text) => `${name}: ${text}`),
  );

const inputs = (made: readonly Made[], type: string) => ofType(made, type).map((m) => m.inputs);

describe("the usual cluster", () => {
  let made: Made[];
  let cluster: EksCluster;
  beforeAll(async () => {
    ({ made, cluster } = await run(clusterConfig()));
  });

  test("has three subnets in each zone, and no machine gets a public address", () => {
    const subnets = inputs(made, types.subnet);
    expect(new Set(subnets.map((s) => `${s.availabilityZone} ${s.cidrBlock}`))).toEqual(
      new Set([
        "eu-central-1a 10.60.0.0/18",
        "eu-central-1a 10.60.192.0/24",
        "eu-central-1a 10.60.195.0/28",
        "eu-central-1b 10.60.64.0/18",
        "eu-central-1b 10.60.193.0/24",
        "eu-central-1b 10.60.195.16/28",
        "eu-central-1c 10.60.128.0/18",
        "eu-central-1c 10.60.194.0/24",
        "eu-central-1c 10.60.195.32/28",
      ]),
    );
    for (const subnet of subnets) expect(subnet.mapPublicIpOnLaunch).toBe(false);
  });

  test("sends each zone's nodes outside through the zone's own gateway, and to S3 through none", () => {
    const outside = inputs(made, types.route).filter((r) => r.natGatewayId !== undefined);
    expect(outside.map((r) => [r.routeTableId, r.natGatewayId])).toEqual(
      ["a", "b", "c"].map((z) => [
        `cluster-network-nodes-eu-central-1${z}-routes-id`,
        `cluster-network-nat-eu-central-1${z}-id`,
      ]),
    );
    expect(inputs(made, types.endpoint)).toMatchObject([
      {
        serviceName: "com.amazonaws.eu-central-1.s3",
        vpcEndpointType: "Gateway",
        routeTableIds: outside.map((r) => r.routeTableId),
      },
    ]);
  });

  test("leaves the group of the VPC closed", () => {
    expect(inputs(made, types.ownGroup)).toMatchObject([{ ingress: [], egress: [] }]);
  });

  test("is of the pinned version, logs everything, and encrypts its Secrets by a key of its own", () => {
    expect(inputs(made, types.cluster)).toMatchObject([
      {
        name: "prod",
        version: "1.34",
        bootstrapSelfManagedAddons: false,
        deletionProtection: true,
        accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
        enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
        encryptionConfig: { resources: ["secrets"] },
        kubernetesNetworkConfig: { serviceIpv4Cidr: "172.20.0.0/16" },
        vpcConfig: {
          endpointPrivateAccess: true,
          endpointPublicAccess: true,
          publicAccessCidrs: ["192.0.2.0/24"],
        },
      },
    ]);
    expect(inputs(made, types.key)).toMatchObject([{ enableKeyRotation: true, deletionWindowInDays: 30 }]);
    expect(inputs(made, types.logs)).toMatchObject([{ name: "/aws/eks/prod/cluster", retentionInDays: 90 }]);
  });

  test("makes administrators of those who are named, and of nobody else", () => {
    const principalArn = "arn:aws:iam::123456789012:role/platform";
    expect(inputs(made, types.entry)).toMatchObject([{ principalArn }]);
    expect(inputs(made, types.entryRights)).toMatchObject([
      {
        principalArn,
        policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
        accessScope: { type: "cluster" },
      },
    ]);
  });

  test("has a group of nodes in each zone, whose machines are replaced one at a time", () => {
    expect(inputs(made, types.group)).toMatchObject(
      ["a", "b", "c"].map((z) => ({
        version: "1.34",
        subnetIds: [`cluster-network-nodes-eu-central-1${z}-id`],
        scalingConfig: { minSize: 1, desiredSize: 1, maxSize: 1 },
        updateConfig: { maxUnavailable: 1 },
      })),
    );
  });

  test("keeps pods off the machines' credentials, and disks encrypted", () => {
    expect(inputs(made, types.template)).toMatchObject([
      {
        metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
        blockDeviceMappings: [
          { deviceName: "/dev/xvda", ebs: { volumeType: "gp3", encrypted: "true" } },
          { deviceName: "/dev/xvdb", ebs: { volumeType: "gp3", encrypted: "true", volumeSize: 100 } },
        ],
        tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
          resourceType,
          tags: { application: "moat", cluster: "prod" },
        })),
      },
    ]);
  });

  test("runs every add-on pinned, and NetworkPolicies are kept", () => {
    const addons = inputs(made, types.addon);
    const versions = Object.fromEntries(addons.map((a) => [String(a.addonName), a.addonVersion]));
    expect(versions).toEqual(eksAddons);
    const network = addons.find((a) => a.addonName === "vpc-cni");
    expect(network?.configurationValues).toBe('{"enableNetworkPolicy":"true"}');
  });

  test("gives nodes and add-ons the rights of their own work, and pods' roles to their own accounts", () => {
    const rights = inputs(made, types.attachment).map(
      (a) => `${a.role} ${String(a.policyArn).split(":policy/")[1]}`,
    );
    expect(rights.sort()).toEqual([
      "prod-aws-ebs-csi-driver service-role/AmazonEBSCSIDriverPolicy",
      "prod-control-plane AmazonEKSClusterPolicy",
      "prod-nodes AmazonEC2ContainerRegistryPullOnly",
      "prod-nodes AmazonEKSWorkerNodePolicy",
      "prod-vpc-cni AmazonEKS_CNI_Policy",
    ]);
    const driver = inputs(made, types.role).find((r) => r.name === "prod-aws-ebs-csi-driver");
    expect(driver?.assumeRolePolicy).toContain('kubernetes-service-account":["ebs-csi-controller-sa"]');
  });

  test("makes encrypted volumes by default, which outlive their claims", () => {
    expect(validateAll(made)).toEqual([]);
    expect(objects(made, "StorageClass").map((m) => m.inputs)).toMatchObject([
      {
        metadata: { annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
        provisioner: "ebs.csi.aws.com",
        parameters: { type: "gp3", encrypted: "true" },
        reclaimPolicy: "Retain",
      },
    ]);
  });

  test("tells a kubeconfig without a key, in secret: AWS is asked who comes", async () => {
    const config = JSON.parse(await settled(cluster.kubeconfig));
    expect(config).toMatchObject({
      clusters: [{ cluster: { server: "https://made-up.eks.amazonaws.com" } }],
      users: [
        {
          user: {
            exec: {
              command: "aws",
              args: expect.arrayContaining(["get-token", "prod", "eu-central-1"]),
              interactiveMode: "Never",
            },
          },
        },
      ],
      "current-context": "prod",
    });
    expect(Object.keys(config.users[0].user)).toEqual(["exec"]);
    expect(await isSecret(cluster.kubeconfig)).toBe(true);
  });

  test("makes nothing that is not asked for", () => {
    expect(inputs(made, types.flowLog)).toEqual([]);
    expect(inputs(made, types.transit)).toEqual([]);
    expect(inputs(made, types.ingress)).toEqual([]);
  });
});

test("a private API has no public address, and is open to administrators behind the transit gateway", async () => {
  const adminCidrs = ["10.200.0.0/16"];
  const transitGateway = "tgw-0123456789abcdef0";
  const { made } = await run(clusterConfig({ publicAccessCidrs: [], adminCidrs, transitGateway }));
  const [{ vpcConfig } = { vpcConfig: undefined }] = inputs(made, types.cluster);
  expect(vpcConfig).toMatchObject({ endpointPrivateAccess: true, endpointPublicAccess: false });
  expect(vpcConfig).not.toHaveProperty("publicAccessCidrs");
  expect(inputs(made, types.ingress)).toMatchObject([
    { cidrIpv4: "10.200.0.0/16", fromPort: 443, toPort: 443, ipProtocol: "tcp" },
  ]);
  expect(inputs(made, types.transit)).toMatchObject([{ transitGatewayId: transitGateway }]);
  expect(inputs(made, types.route).filter((r) => r.transitGatewayId !== undefined)).toMatchObject([
    { routeTableId: "cluster-network-control-routes-id", destinationCidrBlock: "10.200.0.0/16" },
  ]);
});

test("one NAT gateway does for all zones, where it is asked for", async () => {
  const { made } = await run(clusterConfig({ natGateways: "single" }));
  expect(ofType(made, types.nat)).toHaveLength(1);
  const outside = inputs(made, types.route).filter((r) => r.natGatewayId !== undefined);
  expect(new Set(outside.map((r) => r.natGatewayId))).toEqual(
    new Set(["cluster-network-nat-eu-central-1a-id"]),
  );
  expect(outside).toHaveLength(3);
});

describe("the order of things", () => {
  interface Registered {
    readonly type: string;
    readonly name: string;
    readonly opts: CustomResourceOptions;
  }

  /** What is registered with which options, and the order in which the engine would get it. */
  async function events(config: EksClusterConfig) {
    const registered: Registered[] = [];
    const order: string[] = [];
    await runtime.setMocks(
      {
        newResource: async ({ type, name, inputs: given, id }) => {
          // Groups of nodes take their time; what does not wait for them comes earlier.
          if (type === types.group) await new Promise((resolve) => setTimeout(resolve, 20));
          order.push(name);
          return { id: id || `${name}-id`, state: { ...given, certificateAuthority: { data: "" } } };
        },
        call: ({ inputs: given }) => given,
      },
      "moat",
      "test",
    );
    make(config, {
      transformations: [
        ({ type, name, opts }) => {
          registered.push({ type, name, opts });
          return undefined;
        },
      ],
    });
    await runtime.disconnect();
    return { registered, order };
  }

  test("network plugin, then one group of nodes after the other, then what runs in pods, then the provider", async () => {
    const { order } = await events(clusterConfig());
    const marked = [
      "cluster-vpc-cni",
      "cluster-nodes-eu-central-1a",
      "cluster-nodes-eu-central-1b",
      "cluster-nodes-eu-central-1c",
      "cluster-coredns",
      "cluster-kubernetes",
      "cluster-gp3",
    ];
    expect(order.filter((name) => marked.includes(name))).toEqual(marked);
  });

  test.each([true, false])("what holds data is protected: %s", async (protect) => {
    const { registered } = await events(clusterConfig({ protect }));
    const of = (type: string) => registered.filter((r) => r.type === type).map(({ opts }) => opts);
    for (const opts of [...of(types.key), ...of(types.logs)])
      expect(opts).toMatchObject({ protect, retainOnDelete: protect });
    expect(of(types.cluster)).toMatchObject([{ protect }]);
    // Administrators come and go.
    for (const { parent } of of(types.entry)) expect(parent).toBeInstanceOf(EksControlPlane);
  });
});

describe("whatever the cluster looks like", () => {
  test("no resource breaks a rule of the pack, and names begin with the cluster's", async () => {
    await fc.assert(
      fc.asyncProperty(anyCluster, async (config) => {
        const { made } = await run(config);
        expect(violations(made)).toEqual([]);
        for (const { inputs: given } of ofType(made, types.role))
          expect(given.name).toMatch(/^prod-.{1,24}$/);
        expect(ofType(made, types.flowLog)).toHaveLength(config.flowLogs === undefined ? 0 : 1);
      }),
      { numRuns: 4 },
    );
  });
});
