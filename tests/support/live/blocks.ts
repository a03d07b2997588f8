/**
 * Blocks of old samples. A real block takes two hours to be cut, so these are made by promtool and put where real ones come to lie: in
 * the volume of a Prometheus, whose sidecar uploads them, or in the bucket itself.
 */
import { z } from "zod";
import { type ProgramName, programs } from "../../../components/names";
import { objectStoreConfigFile, objectStoreMount } from "../../../components/storage/objectStore";
import { images } from "../../../versions";
import { openMetrics, type Samples } from "../openMetrics";
import { apply, type KubernetesObject, kubectlJson, labelsOfPods, podsOf, remove } from "./kubectl";
import { runPod } from "./pods";
import { platformNamespace } from "./settings";

const input = (name: string, samples: readonly Samples[]): KubernetesObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: platformNamespace },
  data: { "samples.om": openMetrics(samples) },
});

/** Up to 162 hours fit into one of these blocks; promtool's default is 2. */
const createBlocks = [
  "/bin/promtool",
  "tsdb",
  "create-blocks-from",
  "openmetrics",
  "--max-block-duration=162h",
];

/** Puts a block into the volume of a tenants' Prometheus, as if it had cut it itself. */
export async function dropBlock(samples: readonly Samples[]): Promise<void> {
  const name = "test-block";
  const [prometheus] = await podsOf(programs.tenantPrometheus);
  const mount = prometheus?.spec.containers
    .find((c) => c.name === "prometheus")
    ?.volumeMounts.find((m) => m.mountPath === "/prometheus");
  const claim = prometheus?.spec.volumes.find((v) => v.name === mount?.name)?.persistentVolumeClaim
    ?.claimName;
  if (mount === undefined || claim === undefined)
    throw new Error("no tenants' Prometheus with a volume is there");
  const config = input(name, samples);
  await apply(config);
  try {
    await runPod({
      name,
      namespace: platformNamespace,
      containers: [
        {
          name: "promtool",
          image: images.prometheus,
          command: [...createBlocks, "/input/samples.om", "/prometheus"],
          mounts: [
            { name: "input", mountPath: "/input" },
            { name: "tmp", mountPath: "/tmp" },
            {
              name: "data",
              mountPath: "/prometheus",
              ...(mount.subPath === undefined ? {} : { subPath: mount.subPath }),
            },
          ],
        },
      ],
      volumes: [
        { name: "input", configMap: { name } },
        { name: "tmp", emptyDir: {} },
        { name: "data", persistentVolumeClaim: { claimName: claim } },
      ],
    });
  } finally {
    await remove(config);
  }
}

/** Makes blocks and uploads them to the bucket under the given external labels. */
export async function uploadBlocks(
  samples: readonly Samples[],
  externalLabels: Readonly<Record<string, string>>,
): Promise<void> {
  const name = "test-upload";
  const config = input(name, samples);
  const labels = Object.entries(externalLabels).map(([key, value]) => `--label=${key}="${value}"`);
  await apply(config);
  try {
    await withBucket(name, async (bucket) => {
      await runPod({
        name,
        namespace: platformNamespace,
        labels: bucket.labels,
        init: [
          {
            name: "promtool",
            image: images.prometheus,
            command: [...createBlocks, "/input/samples.om", "/work/blocks"],
            mounts: [
              { name: "input", mountPath: "/input" },
              { name: "work", mountPath: "/work" },
              { name: "work", mountPath: "/tmp" },
            ],
          },
        ],
        containers: [
          {
            name: "thanos",
            image: images.thanos,
            args: ["tools", "bucket", "upload-blocks", "--path=/work/blocks", bucket.flag, ...labels],
            mounts: [bucket.mount, { name: "work", mountPath: "/work" }],
          },
        ],
        volumes: [bucket.volume, { name: "input", configMap: { name } }, { name: "work", emptyDir: {} }],
      });
    });
  } finally {
    await remove(config);
  }
}

/** Runs Thanos once with access to the bucket, and gives what it said. */
export const thanosOnce = (name: string, args: readonly string[], seconds = 120): Promise<string> =>
  withBucket(name, (bucket) =>
    runPod(
      {
        name,
        namespace: platformNamespace,
        labels: bucket.labels,
        containers: [
          {
            name: "thanos",
            image: images.thanos,
            args: [...args.filter((a) => !a.startsWith("--objstore.")), bucket.flag],
            mounts: [bucket.mount, { name: "work", mountPath: "/var/thanos" }],
            memory: "512Mi",
          },
        ],
        volumes: [bucket.volume, { name: "work", emptyDir: {} }],
      },
      seconds,
    ),
  );

interface Bucket {
  readonly labels: Readonly<Record<string, string>>;
  readonly flag: string;
  readonly mount: { readonly name: string; readonly mountPath: string };
  readonly volume: Readonly<Record<string, unknown>>;
}

/** Opens a way from a test's pod to the object store for as long as `use` runs. */
async function withBucket<T>(name: string, use: (bucket: Bucket) => Promise<T>): Promise<T> {
  const labels = { "moat.dev/test": name };
  const door = doorFor(name, labels, [programs.s3]);
  const volume = (await podsOf(programs.store))[0]?.spec.volumes.find((v) => v.secret !== undefined);
  const secretName = volume?.secret?.secretName;
  if (secretName === undefined) throw new Error("no store gateway with the bucket's configuration is there");
  await apply(...door);
  try {
    return await use({
      labels,
      flag: `--objstore.config-file=${objectStoreConfigFile}`,
      mount: { name: "object-store", mountPath: objectStoreMount },
      volume: { name: "object-store", secret: { secretName } },
    });
  } finally {
    await remove(...door);
  }
}

/** Network policies that let a test's pod reach programs of the platform on every port: what the walls do not give by themselves. */
export function doorFor(
  name: string,
  labels: Readonly<Record<string, string>>,
  to: readonly ProgramName[],
): KubernetesObject[] {
  const policy = (part: string, spec: Readonly<Record<string, unknown>>): KubernetesObject => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: `${name}-${part}`, namespace: platformNamespace },
    spec,
  });
  return [
    policy("out", { podSelector: { matchLabels: labels }, policyTypes: ["Egress"], egress: [{}] }),
    ...to.map((program) =>
      policy(program, {
        podSelector: { matchLabels: labelsOfPods(program) },
        policyTypes: ["Ingress"],
        ingress: [{ from: [{ podSelector: { matchLabels: labels } }] }],
      }),
    ),
  ];
}

const statefulSet = z.object({
  spec: z.object({
    replicas: z.number(),
    template: z.object({ spec: z.object({ containers: z.array(z.object({ args: z.array(z.string()) })) }) }),
  }),
});

/** Copies and command line of a program that runs as a StatefulSet. */
export async function statefulProgram(
  program: ProgramName,
): Promise<{ replicas: number; args: readonly string[] }> {
  const { spec } = await kubectlJson(statefulSet, ["get", "statefulset", program, "-n", platformNamespace]);
  return { replicas: spec.replicas, args: spec.template.spec.containers[0]?.args ?? [] };
}
