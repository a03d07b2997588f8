/** The whole cluster with a provider that is made up: what it makes, in which order, and that no rule of the pack is broken. */
import { type CustomResourceOptions, isSecret, runtime } from "@pulumi/pulumi";
import * as fc from "fast-check";
import { OpenStackCluster } from "../../../../components/cluster/openstack";
import { rolesOf } from "../../../../components/cluster/openstack/credential";
import { apiClients } from "../../../../components/cluster/openstack/entrances";
import type { Awaited } from "../../../../components/cluster/openstack/readiness";
import type { OpenStackClusterConfig } from "../../../../config/openstackCluster";
import { violationsIn } from "../../../support/judged";
import { type Made, madeBy, ofType } from "../../../support/mocks";
import { anyCluster, certificateOf, clusterConfig } from "../../../support/openstackCluster";
import { settled } from "../../../support/settled";

jest.setTimeout(60_000);

const types = {
  instance: "openstack:compute/instance:Instance",
  volume: "openstack:blockstorage/volume:Volume",
  port: "openstack:networking/port:Port",
  group: "openstack:networking/secGroup:SecGroup",
  rule: "openstack:networking/secGroupRule:SecGroupRule",
  floatingIp: "openstack:networking/floatingIp:FloatingIp",
  balancer: "openstack:loadbalancer/loadBalancer:LoadBalancer",
  member: "openstack:loadbalancer/member:Member",
  listener: "openstack:loadbalancer/listener:Listener",
  keyPair: "openstack:compute/keypair:Keypair",
  hosts: "openstack:compute/serverGroup:ServerGroup",
  credential: "openstack:identity/applicationCredential:ApplicationCredential",
  provider: "pulumi:providers:kubernetes",
} as const;

interface Run {
  readonly made: Made[];
  readonly awaited: Awaited[];
  readonly cluster: OpenStackCluster;
}

async function run(config: OpenStackClusterConfig): Promise<Run> {
  const awaited: Awaited[] = [];
  let cluster: OpenStackCluster | undefined;
  const made = await madeBy(() => {
    cluster = new OpenStackCluster("cluster", {
      cluster: "prod",
      config,
      readiness: async (_, node) => {
        awaited.push(node);
      },
    });
  });
  if (cluster === undefined) throw new Error("no cluster was made");
  return { made, awaited, cluster };
}

const names = (made: readonly Made[], type: string): unknown[] =>
  ofType(made, type).map((m) => m.inputs.name);

describe("the usual cluster", () => {
  let made: Made[];
  let awaited: Awaited[];
  let cluster: OpenStackCluster;
  beforeAll(async () => {
    ({ made, awaited, cluster } = await run(clusterConfig({ zones: ["az1", "az2", "az3"] })));
  });

  test("has three servers and three agents, one of each in every zone", () => {
    const places = ofType(made, types.instance).map((m) => [m.inputs.name, m.inputs.availabilityZone]);
    expect(places).toEqual([
      ["prod-server-0", "az1"],
      ["prod-server-1", "az2"],
      ["prod-server-2", "az3"],
      ["prod-agent-0", "az1"],
      ["prod-agent-1", "az2"],
      ["prod-agent-2", "az3"],
    ]);
  });

  test("waits for each machine before the next, and leaves none out", () => {
    expect(awaited).toEqual([
      { name: "prod-server-0", machine: "cluster-server-0-id" },
      { name: "prod-server-1", machine: "cluster-server-1-id" },
      { name: "prod-server-2", machine: "cluster-server-2-id" },
      { name: "prod-agent-0", machine: "cluster-agent-0-id", next: "prod-agent-1" },
      { name: "prod-agent-1", machine: "cluster-agent-1-id", next: "prod-agent-2" },
      { name: "prod-agent-2", machine: "cluster-agent-2-id" },
    ]);
  });

  test("keeps servers off each other's hosts, and agents as far as it goes", () => {
    expect(ofType(made, types.hosts).map((m) => [m.inputs.name, m.inputs.policies])).toEqual([
      ["prod-servers", ["anti-affinity"]],
      ["prod-agents", ["soft-anti-affinity"]],
    ]);
    expect(ofType(made, types.instance).map((m) => m.inputs.schedulerHints)).toEqual([
      ...Array(3).fill([{ group: "cluster-server-hosts-id" }]),
      ...Array(3).fill([{ group: "cluster-agent-hosts-id" }]),
    ]);
  });

  test("gives each server a data volume that outlives it", () => {
    expect(
      ofType(made, types.volume).map((m) => [m.inputs.name, m.inputs.availabilityZone, m.inputs.size]),
    ).toEqual([
      ["prod-server-0-data", "az1", 20],
      ["prod-server-1-data", "az2", 20],
      ["prod-server-2-data", "az3", 20],
    ]);
    const [server, agent] = ["prod-server-0", "prod-agent-0"].map((name) =>
      ofType(made, types.instance).find((m) => m.inputs.name === name),
    );
    expect(server?.inputs.blockDevices).toMatchObject([
      { sourceType: "image", bootIndex: 0, deleteOnTermination: true, volumeSize: 20 },
      { sourceType: "volume", uuid: "cluster-server-0-data-id", bootIndex: -1, deleteOnTermination: false },
    ]);
    expect(agent?.inputs.blockDevices).toMatchObject([{ sourceType: "image", volumeSize: 50 }]);
  });

  test("hands secrets over in user data, as Nova takes files no more where a volume has a type", () => {
    const machines = ofType(made, types.instance);
    for (const { inputs } of machines) {
      expect(inputs).not.toHaveProperty("personalities");
      expect(inputs.userData).toMatch(/JOIN_TOKEN=made-up-password/);
    }
    const texts = machines.map(({ inputs }) => String(inputs.userData));
    expect(texts.map((text) => /private key/.test(text))).toEqual([true, true, true, false, false, false]);
  });

  test("has the API behind a load balancer at its planned address, for administrators and machines", () => {
    expect(ofType(made, types.balancer)[0]?.inputs).toMatchObject({
      vipAddress: "10.40.0.2",
      loadbalancerProvider: "amphora",
    });
    expect(ofType(made, types.member).map((m) => m.inputs.address)).toEqual([
      "10.40.0.16",
      "10.40.0.17",
      "10.40.0.18",
    ]);
    expect(ofType(made, types.listener).map((m) => m.inputs)).toMatchObject([
      { protocol: "TCP", protocolPort: 6443, allowedCidrs: ["192.0.2.0/24", "10.40.0.0/20"] },
    ]);
    expect(ofType(made, types.floatingIp).map((m) => m.inputs)).toMatchObject([
      { pool: "public", portId: "vip-port-id" },
    ]);
  });

  test("has neither bastion nor key pair", () => {
    expect(names(made, types.keyPair)).toEqual([]);
    expect(names(made, types.group)).toEqual(["prod-servers", "prod-agents"]);
    expect(cluster.bastionAddress).toBeUndefined();
  });

  test("has a credential of its own for its controllers, with few roles, that can make no others", () => {
    expect(ofType(made, types.credential).map((m) => m.inputs)).toMatchObject([
      { name: "prod-controllers", roles: ["member", "load-balancer_member"], unrestricted: false },
    ]);
  });

  test("tells its kubeconfig without asking a machine", async () => {
    const encode = (text: string) => Buffer.from(text).toString("base64");
    expect(JSON.parse(await settled(cluster.kubeconfig))).toMatchObject({
      clusters: [
        {
          name: "prod",
          cluster: { server: "https://203.0.113.10:6443", "certificate-authority-data": encode("authority") },
        },
      ],
      users: [
        { user: { "client-certificate-data": encode("server"), "client-key-data": encode("private key") } },
      ],
      "current-context": "prod",
    });
    expect(await isSecret(cluster.kubeconfig)).toBe(true);
  });

  test("gives a provider that stays the same one when its certificate is renewed", () => {
    expect(ofType(made, types.provider).map((m) => m.inputs.clusterIdentifier)).toEqual(["prod"]);
  });
});

describe("the order of things", () => {
  interface Registered {
    readonly type: string;
    readonly name: string;
    readonly opts: CustomResourceOptions;
  }

  /** Whatever any of the resources is asked for. */
  const outputs = {
    address: "203.0.113.10",
    vipPortId: "vip",
    secret: "secret",
    result: "token",
    privateKeyPem: "key",
    certRequestPem: "request",
    certPem: "certificate",
  };

  /** What is registered, and with which options, as it happens; readiness stands among it. */
  async function events(config: OpenStackClusterConfig) {
    const registered: Registered[] = [];
    const order: string[] = [];
    await runtime.setMocks(
      {
        newResource: ({ type, name, inputs, id }) => {
          if (type === types.instance || type === types.provider) order.push(name);
          return { id: id || `${name}-id`, state: { ...inputs, ...outputs } };
        },
        call: ({ inputs }) => inputs,
      },
      "moat",
      "test",
    );
    new OpenStackCluster(
      "cluster",
      {
        cluster: "prod",
        config,
        readiness: async (_, { name }) => {
          await new Promise((resolve) => setTimeout(resolve, 20));
          order.push(`${name} is ready`);
        },
      },
      {
        transformations: [
          ({ type, name, opts }) => {
            registered.push({ type, name, opts });
            return undefined;
          },
        ],
      },
    );
    await runtime.disconnect();
    return { registered, order };
  }

  test("no machine is touched before the one before it is a ready node, and the provider comes last", async () => {
    const { order } = await events(clusterConfig({ agents: { flavor: "f", count: 2 } }));
    expect(order).toEqual([
      "cluster-server-0",
      "prod-server-0 is ready",
      "cluster-server-1",
      "prod-server-1 is ready",
      "cluster-server-2",
      "prod-server-2 is ready",
      "cluster-agent-0",
      "prod-agent-0 is ready",
      "cluster-agent-1",
      "prod-agent-1 is ready",
      "cluster-kubernetes",
    ]);
  });

  test("a load balancer that stands keeps its provider, as a second one cannot have its address", async () => {
    const { registered } = await events(clusterConfig());
    const [balancer] = registered.filter(({ type }) => type === types.balancer);
    expect(balancer?.opts.ignoreChanges).toEqual(["loadbalancerProvider"]);
  });

  test.each([true, false])(
    "data volumes are kept: %s; machines give way to their successors",
    async (protect) => {
      const { registered } = await events(clusterConfig({ protect }));
      const of = (type: string) => registered.filter((r) => r.type === type).map(({ opts }) => opts);
      expect(of(types.volume)).toHaveLength(3);
      for (const opts of of(types.volume)) expect(opts).toMatchObject({ protect, retainOnDelete: protect });
      expect(of(types.instance)).toHaveLength(6);
      for (const opts of of(types.instance)) expect(opts).toMatchObject({ deleteBeforeReplace: true });
    },
  );
});

describe("a cluster without Octavia", () => {
  test("has floating IPs on the first server, for the API, and on an agent of each zone, for the edge", async () => {
    const config = clusterConfig({ loadBalancer: false, zones: ["az1", "az2"] });
    const { made, cluster } = await run(config);
    expect(ofType(made, types.balancer)).toEqual([]);
    expect(ofType(made, types.floatingIp).map((m) => m.inputs.portId)).toEqual([
      "cluster-server-0-port-id",
      "cluster-agent-0-port-id",
      "cluster-agent-1-port-id",
    ]);
    expect(cluster.edgeAddresses).toHaveLength(2);
  });

  test("needs no role for load balancers", () => {
    expect(rolesOf({ loadBalancer: false })).toEqual(["member"]);
    expect(rolesOf({ loadBalancer: true, roles: ["creator"] })).toEqual(["creator"]);
  });
});

test("with OVN's load balancers the API has none, as they let everybody in, and the edge one of its own", async () => {
  const { made, cluster } = await run(clusterConfig({ loadBalancerProvider: "ovn" }));
  expect(ofType(made, types.balancer)).toEqual([]);
  expect(ofType(made, types.floatingIp).map((m) => m.inputs.portId)).toEqual(["cluster-server-0-port-id"]);
  expect(cluster.edgeAddresses).toEqual([]);
  expect(ofType(made, types.rule).map((m) => m.inputs)).toContainEqual(
    expect.objectContaining({ portRangeMin: 6443, remoteIpPrefix: "192.0.2.0/24" }),
  );
});

test("controllers get the cloud's private CA with their configuration", async () => {
  const caCertificate = certificateOf(1200);
  const { made } = await run(clusterConfig({ caCertificate }));
  const server = ofType(made, types.instance).find((m) => m.inputs.name === "prod-server-0");
  expect(server?.inputs.userData).toContain(JSON.stringify(caCertificate).slice(1, -1));
  expect(server?.inputs.userData).toContain("/etc/config/ca.crt");
});

test("a bastion has an address outside, the key, and a group of its own", async () => {
  const sshPublicKey = "ssh-ed25519 AAAA test";
  const { made, cluster } = await run(clusterConfig({ bastion: { flavor: "m1.tiny" }, sshPublicKey }));
  expect(ofType(made, types.instance).find((m) => m.inputs.name === "prod-bastion")?.inputs).toMatchObject({
    flavorName: "m1.tiny",
    keyPair: "prod",
    networks: [{ port: "cluster-bastion-port-id" }],
  });
  expect(await settled(cluster.bastionAddress ?? "")).toBe("203.0.113.10");
});

test("the load balancer lets nobody in twice", () => {
  const config = clusterConfig({ adminCidrs: ["10.40.0.0/20"] });
  expect(apiClients(config, { ...planStub, cidr: "10.40.0.0/20" })).toEqual(["10.40.0.0/20"]);
});

const planStub = {
  cidr: "",
  gateway: "",
  api: "",
  bastion: "",
  serverCidr: "",
  servers: [],
  agents: [],
  pool: { start: "", end: "" },
};

describe("whatever the cluster looks like", () => {
  test("no resource breaks a rule of the pack, and every group's rules have a source", async () => {
    await fc.assert(
      fc.asyncProperty(anyCluster, async (config) => {
        const few = { ...config, agents: { ...config.agents, count: Math.min(config.agents.count, 3) } };
        const { made } = await run(few);
        expect(violationsIn(made)).toEqual([]);
        for (const { inputs } of ofType(made, types.rule))
          expect([inputs.remoteIpPrefix, inputs.remoteGroupId].filter((s) => s !== undefined)).toHaveLength(
            1,
          );
      }),
      { numRuns: 5 },
    );
  });

  test("names of resources begin with the cluster's, so that others may stand beside them", async () => {
    const { made } = await run(clusterConfig());
    const named = made.filter(
      ({ type, inputs }) => type.startsWith("openstack:") && inputs.name !== undefined,
    );
    for (const { inputs } of named) expect(inputs.name).toMatch(/^prod/);
    expect(named.length).toBeGreaterThan(20);
  });
});

describe("a preview before anything exists", () => {
  /** As the engine plays it: nothing has an id or an address yet. */
  async function preview() {
    const made: Made[] = [];
    const awaited: string[] = [];
    await runtime.setMocks(
      {
        newResource: ({ type, name, inputs, custom }) => {
          made.push({ type, name, custom: custom ?? true, inputs });
          return { id: undefined, state: inputs };
        },
        call: ({ inputs }) => inputs,
      },
      "moat",
      "test",
      true,
    );
    new OpenStackCluster("cluster", {
      cluster: "prod",
      config: clusterConfig(),
      readiness: async (_, { name }) => {
        awaited.push(name);
      },
    });
    await runtime.disconnect();
    return { made, awaited };
  }

  test("gets to the end, and waits for no machine", async () => {
    const { made, awaited } = await preview();
    expect(ofType(made, types.instance)).toHaveLength(6);
    expect(ofType(made, types.provider)).toHaveLength(1);
    expect(awaited).toEqual([]);
    expect(violationsIn(made)).toEqual([]);
  });
});
