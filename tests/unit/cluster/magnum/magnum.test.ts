/** A Magnum cluster with a provider that is made up: what it asks for, how it is kept, and that no rule of the pack is broken. */
import { isSecret, type Output } from "@pulumi/pulumi";
import * as fc from "fast-check";
import { MagnumCluster, timeouts } from "../../../../components/cluster/magnum";
import type { MagnumClusterConfig } from "../../../../config/magnumCluster";
import { versions } from "../../../../versions";
import { judgedTypes, optionsOfChildren, violationsIn } from "../../../support/judged";
import { magnumConfig } from "../../../support/magnumCluster";
import { type Made, madeBy, ofType } from "../../../support/mocks";
import { settled } from "../../../support/settled";

const types = {
  template: "openstack:containerinfra/clusterTemplate:ClusterTemplate",
  cluster: "openstack:containerinfra/cluster:Cluster",
  group: "openstack:containerinfra/nodeGroup:NodeGroup",
  keyPair: "openstack:compute/keypair:Keypair",
  provider: "pulumi:providers:kubernetes",
} as const;

async function run(config: MagnumClusterConfig) {
  const { seen, transformations } = optionsOfChildren();
  let kubeconfig: Output<string> | undefined;
  const made = await madeBy(() => {
    const cluster = new MagnumCluster("cluster", { cluster: "prod", config }, { transformations });
    kubeconfig = cluster.kubeconfig;
  });
  if (kubeconfig === undefined) throw new Error("no cluster was made");
  return { made, kubeconfig, options: seen };
}

const only = (made: readonly Made[], type: string): Made["inputs"] => {
  const [first, ...others] = ofType(made, type);
  if (first === undefined || others.length > 0) throw new Error(`${others.length + 1} of ${type}`);
  return first.inputs;
};

describe("the usual cluster", () => {
  let result: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => {
    result = await run(magnumConfig());
  });

  test("is Kubernetes of the pinned version, with a network driver that holds to NetworkPolicies, and Cinder", () => {
    expect(only(result.made, types.template)).toMatchObject({
      name: `prod-v${versions.kubernetes}`,
      coe: "kubernetes",
      networkDriver: "calico",
      volumeDriver: "cinder",
      masterLbEnabled: true,
      floatingIpEnabled: false,
      labels: {
        kube_tag: `v${versions.kubernetes}`,
        cinder_csi_enabled: "true",
        cloud_provider_enabled: "true",
        csi_cinder_reclaim_policy: "Retain",
        admission_control_list: "NodeRestriction",
        boot_volume_size: "50",
        etcd_volume_size: "20",
      },
    });
  });

  test("has three servers and three agents", () => {
    expect(only(result.made, types.cluster)).toMatchObject({
      name: "prod",
      clusterTemplateId: "cluster-template-id",
      masterCount: 3,
      masterFlavor: "m1.medium",
      nodeCount: 3,
      flavor: "m1.large",
    });
  });

  test("opens its API to administrators and its own nodes, in the words of every driver", () => {
    for (const type of [types.template, types.cluster]) {
      expect(only(result.made, type).labels).toMatchObject({
        master_lb_floating_ip_enabled: "true",
        master_lb_allowed_cidrs: "192.0.2.0/24,10.0.0.0/24",
        api_master_lb_allowed_cidrs: "192.0.2.0/24,10.0.0.0/24",
      });
    }
  });

  test("says on the cluster itself whatever no upgrade changes, so that a change of it is seen", () => {
    const { kube_tag: _, ...kept } = Object(only(result.made, types.template).labels);
    expect(only(result.made, types.cluster)).toMatchObject({ labels: kept, mergeLabels: true });
    expect(only(result.made, types.cluster).labels).not.toHaveProperty("kube_tag");
  });

  test("gives out the kubeconfig as a secret, whole, and takes it for its own provider", async () => {
    expect(await isSecret(result.kubeconfig)).toBe(true);
    expect(await settled(result.kubeconfig)).toBe("made-up kubeconfig");
    expect(only(result.made, types.provider)).toMatchObject({
      kubeconfig: "made-up kubeconfig",
      clusterIdentifier: "prod",
    });
  });

  test("is protected and kept in the cloud", () => {
    expect(result.options.get("cluster-cluster")).toMatchObject({ protect: true, retainOnDelete: true });
  });

  test("gets a new template before the old one goes, as Magnum changes none that is in use", () => {
    expect(result.options.get("cluster-template")).toMatchObject({
      replaceOnChanges: ["*"],
      deleteBeforeReplace: false,
    });
  });

  test("breaks no rule, and is judged", () => {
    expect(judgedTypes(result.made)).toEqual(expect.arrayContaining([types.template, types.cluster]));
    expect(violationsIn(result.made)).toEqual([]);
  });

  test("lets nobody log in", () => {
    expect(ofType(result.made, types.keyPair)).toEqual([]);
    expect(only(result.made, types.template)).not.toHaveProperty("keypairId");
  });
});

describe("what may differ", () => {
  test("further groups of nodes, for which the provider waits", async () => {
    const { made, options } = await run(
      magnumConfig({ nodeGroups: { big: { flavor: "m1.huge", count: 2 } } }),
    );
    expect(only(made, types.group)).toMatchObject({
      name: "big",
      clusterId: "cluster-cluster-id",
      flavorId: "m1.huge",
      nodeCount: 2,
      role: "worker",
    });
    expect([options.get("cluster-kubernetes")?.dependsOn].flat()).toHaveLength(2);
  });

  test("an API without a floating IP, for those inside", async () => {
    const { made } = await run(magnumConfig({ apiFloatingIp: false, loadBalancers: "ovn" }));
    expect(only(made, types.cluster).labels).toMatchObject({
      master_lb_floating_ip_enabled: "false",
      octavia_provider: "ovn",
    });
    expect(violationsIn(made)).toEqual([]);
  });

  test("a key, a registry, a type of volumes, name servers", async () => {
    const { made } = await run(
      magnumConfig({
        sshPublicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMadeUp",
        imagePrefix: "registry.example.org/magnum",
        volumeType: "ssd",
        dnsServers: ["192.0.2.53", "192.0.2.54"],
      }),
    );
    expect(only(made, types.keyPair)).toMatchObject({ name: "prod" });
    expect(only(made, types.template)).toMatchObject({
      keypairId: "prod",
      dnsNameserver: "192.0.2.53,192.0.2.54",
      labels: {
        container_infra_prefix: "registry.example.org/magnum",
        boot_volume_type: "ssd",
        etcd_volume_type: "ssd",
      },
    });
  });

  test("protection is lifted when asked for", async () => {
    const { options } = await run(magnumConfig({ protect: false }));
    expect(options.get("cluster-cluster")).toMatchObject({ protect: false, retainOnDelete: false });
  });

  test("whatever the ranges and counts, no rule is broken", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          adminCidrs: fc.uniqueArray(fc.constantFrom("192.0.2.0/24", "198.51.100.7/32", "203.0.113.0/25"), {
            minLength: 1,
          }),
          apiFloatingIp: fc.boolean(),
          agents: fc.record({ flavor: fc.constant("f"), count: fc.integer({ min: 1, max: 200 }) }),
        }),
        async (changes) => {
          expect(violationsIn((await run(magnumConfig(changes))).made)).toEqual([]);
        },
      ),
      { numRuns: 15 },
    );
  });
});

test("Pulumi waits longer than Magnum, whose word on the cause is the better one", () => {
  expect(timeouts(magnumConfig({ createTimeout: 90 }))).toEqual({
    create: "105m",
    update: "105m",
    delete: "105m",
  });
});
