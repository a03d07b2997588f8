/** The agents of prod hold the platform when one of them is lost, by what every container asks for: docs/sizing.md */
import { runtime } from "@pulumi/pulumi";
import { z } from "zod";
import { openstackCluster } from "../../../config/openstackCluster";
import { toBytes } from "../../../config/quantities";
import { madeBy, objects } from "../../support/mocks";
import { configIn, engineConfig } from "../../support/stackFiles";
import { wholeProgram } from "../../support/wholeProgram";

// They come from the operator's own release.
jest.mock("../../../components/metrics/crds", () => ({ crdFiles: () => [] }));
// Here no machine will ever be a node.
jest.mock("../../../components/cluster/openstack/readiness", () => ({ untilReady: async () => {} }));

/** The flavour that OpenStack's own guides call by this name: CPUs, and memory in bytes. */
const flavors: Readonly<Record<string, { cpu: number; memory: number }>> = {
  "m1.xlarge": { cpu: 8, memory: toBytes("16Gi") },
};
/** What a node keeps to itself: kubelet, containerd, the system, the network between nodes. */
const ownPart = { cpu: 0.5, memory: toBytes("1Gi") };

const container = z.looseObject({
  resources: z.object({ requests: z.object({ cpu: z.string(), memory: z.string() }) }).optional(),
});
const podSpec = z.looseObject({
  containers: z.array(container).default([]),
  resources: container.shape.resources,
});
const workload = z.looseObject({
  replicas: z.number().default(1),
  template: z.looseObject({ spec: podSpec }).optional(),
  containers: podSpec.shape.containers,
  resources: container.shape.resources,
  // The sidecar of a Prometheus.
  thanos: container.optional(),
});

const cores = (cpu: string): number => (cpu.endsWith("m") ? Number(cpu.slice(0, -1)) / 1000 : Number(cpu));

test("the agents of prod hold the platform without one of them", async () => {
  const file = "Pulumi.prod.yaml";
  const { agents } = openstackCluster.parse(configIn(file).cluster);
  runtime.setAllConfig(...engineConfig(file));
  const made = await madeBy(wholeProgram);
  const asked = ["Deployment", "StatefulSet", "DaemonSet", "Prometheus", "ThanosRuler"].flatMap((kind) =>
    objects(made, kind).flatMap(({ inputs }) => {
      const { replicas, template, thanos, ...pod } = workload.parse(inputs.spec);
      const { containers, resources } = template?.spec ?? pod;
      const requests = [...containers, { resources }, thanos].flatMap((c) => c?.resources?.requests ?? []);
      const times = kind === "DaemonSet" ? agents.count : replicas;
      return requests.map(({ cpu, memory }) => ({
        cpu: times * cores(cpu),
        memory: times * toBytes(memory),
      }));
    }),
  );
  const cpu = asked.reduce((sum, one) => sum + one.cpu, 0);
  const memory = asked.reduce((sum, one) => sum + one.memory, 0);
  const flavor = flavors[agents.flavor];
  const left = agents.count - 1;
  expect(cpu).toBeLessThan(left * ((flavor?.cpu ?? 0) - ownPart.cpu));
  expect(memory).toBeLessThan(left * ((flavor?.memory ?? 0) - ownPart.memory));
});
