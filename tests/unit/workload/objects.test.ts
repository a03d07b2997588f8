/** A plain description becomes locked-down Kubernetes objects. */
import * as pulumi from "@pulumi/pulumi";
import { KubernetesWorkload } from "../../../components/workload/kubernetes";
import { objectsOf } from "../../../components/workload/objects";
import { checksumAnnotation } from "../../../components/workload/pod";
import type { Container, Workload } from "../../../components/workload/workload";
import { madeBy } from "../../support/mocks";
import { validateAll } from "../../support/schemas";
import { settled } from "../../support/settled";

const container: Container = {
  name: "program",
  image: { name: "registry.example/program", tag: "v1" },
  args: ["--serve"],
  ports: [
    { name: "http", number: 8080, service: 80 },
    { name: "metrics", number: 8081, internal: true, metrics: { path: "/m" } },
  ],
  resources: { cpu: "10m", memory: "32Mi", memoryLimit: "64Mi" },
};

const plain: Workload = { name: "program", kind: "stateless", replicas: 1, containers: [container] };

const render = (change: Partial<Workload>) => settled(objectsOf({ ...plain, ...change }, "platform"));

const withContainer = (change: Partial<Container>): Partial<Workload> => ({
  containers: [{ ...container, ...change }],
});

/** The pod of a description, whatever runs it. */
async function podOf(change: Partial<Workload>) {
  const { deployment, statefulSet } = await render(change);
  const template = deployment?.spec?.template ?? statefulSet?.spec?.template;
  if (template?.spec === undefined) throw new Error("there is no pod");
  return { metadata: template.metadata, spec: template.spec };
}

async function firstContainer(change: Partial<Workload>) {
  const [first] = (await podOf(change)).spec.containers;
  if (first === undefined) throw new Error("there is no container");
  return first;
}

describe("the objects of a program", () => {
  test.each<[string, Partial<Workload>, string[]]>([
    ["one stateless copy", {}, ["deployment", "podMonitor", "service", "serviceAccount"]],
    [
      "two copies",
      { replicas: 2 },
      ["deployment", "podDisruptionBudget", "podMonitor", "service", "serviceAccount"],
    ],
    ["a stateful one", { kind: "stateful" }, ["podMonitor", "service", "serviceAccount", "statefulSet"]],
    [
      "one with an identity",
      { identity: { account: "someone", mountToken: true } },
      ["deployment", "podMonitor", "service"],
    ],
    ["one that nobody calls or scrapes", withContainer({ ports: [] }), ["deployment", "serviceAccount"]],
  ])("%s", async (_, change, kinds) => {
    expect(Object.keys(await render(change)).sort()).toEqual(kinds);
  });

  test("all carry the program's name and the platform's labels", async () => {
    for (const object of Object.values(await render({ replicas: 2 }))) {
      expect(object.metadata).toMatchObject({
        name: "program",
        namespace: "platform",
        labels: { "app.kubernetes.io/name": "program", "app.kubernetes.io/part-of": "moat" },
      });
    }
  });

  test("are selected by a label that never changes", async () => {
    const { deployment, service, podDisruptionBudget, podMonitor } = await render({ replicas: 2 });
    const label = { "app.kubernetes.io/name": "program" };
    expect(deployment?.spec?.selector).toEqual({ matchLabels: label });
    expect(service?.spec?.selector).toEqual(label);
    expect(podDisruptionBudget?.spec?.selector).toEqual({ matchLabels: label });
    expect(podMonitor?.spec).toMatchObject({ selector: { matchLabels: label } });
  });

  test("an update takes no copy away before the next is ready", async () => {
    expect((await render({})).deployment?.spec?.strategy).toEqual({
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
  });
});

describe("the pod", () => {
  test("is nobody, may do nothing and knows no token", async () => {
    const { spec } = await podOf({});
    expect(spec).toMatchObject({
      serviceAccountName: "program",
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65534,
        runAsGroup: 65534,
        fsGroup: 65534,
        seccompProfile: { type: "RuntimeDefault" },
      },
    });
  });

  test("is who it is said to be", async () => {
    const { spec } = await podOf({ user: 1001, identity: { account: "someone", mountToken: true } });
    expect(spec).toMatchObject({
      serviceAccountName: "someone",
      automountServiceAccountToken: true,
      securityContext: { runAsUser: 1001, fsGroup: 1001 },
    });
  });

  test("locks down every container, also those that run first", async () => {
    const { spec } = await podOf({ initContainers: [container], containers: [container] });
    for (const one of [...(spec.initContainers ?? []), ...spec.containers]) {
      expect(one.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        readOnlyRootFilesystem: true,
      });
    }
  });

  test("keeps off its copies' nodes and zones if it can, and only then", async () => {
    expect((await podOf({})).spec.affinity).toBeUndefined();
    const { spec } = await podOf({ replicas: 2 });
    expect(spec.affinity).toMatchObject({
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { podAffinityTerm: { topologyKey: "kubernetes.io/hostname" } },
        ],
      },
    });
    expect(spec.topologySpreadConstraints).toMatchObject([
      { topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway" },
    ]);
  });

  test("is not limited in CPU", async () => {
    expect((await firstContainer({})).resources).toEqual({
      requests: { cpu: "10m", memory: "32Mi" },
      limits: { memory: "64Mi" },
    });
  });

  test.each<[string, Partial<Workload>, number, boolean]>([
    ["a stateless program drains, as its updates overlap", {}, 35, true],
    ["so does a stateful one with copies", { kind: "stateful", replicas: 2 }, 35, true],
    ["a single stateful one has nobody to drain to", { kind: "stateful" }, 30, false],
    ["longer, if it says so", { gracePeriod: 60 }, 65, true],
  ])("%s", async (_, change, seconds, drains) => {
    expect((await podOf(change)).spec.terminationGracePeriodSeconds).toBe(seconds);
    expect((await firstContainer(change)).lifecycle !== undefined).toBe(drains);
  });

  test("restarts when the text that it reads at its start changes", async () => {
    const sum = async (restartOn: pulumi.Input<string>) =>
      (await podOf({ restartOn })).metadata?.annotations?.[checksumAnnotation];
    expect(await sum("a")).toBe("ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb");
    expect(await sum(pulumi.output("a"))).toBe(await sum("a"));
    expect(await sum("b")).not.toBe(await sum("a"));
    expect((await podOf({})).metadata?.annotations).toBeUndefined();
  });

  test("probes: a start may take five minutes, a hang one", async () => {
    const probe = { path: "/ready", port: "http", scheme: "https" } as const;
    const { readinessProbe, livenessProbe, startupProbe } = await firstContainer(
      withContainer({ readiness: probe, liveness: probe }),
    );
    const seconds = (p?: { periodSeconds?: number | undefined; failureThreshold?: number | undefined }) =>
      (p?.periodSeconds ?? 0) * (p?.failureThreshold ?? 0);
    expect(readinessProbe?.httpGet).toEqual({ path: "/ready", port: "http", scheme: "HTTPS" });
    expect(seconds(startupProbe)).toBe(300);
    expect(seconds(livenessProbe)).toBe(60);
  });

  test("takes variables as text, as output and from a secret", async () => {
    const env = { A: "a", B: pulumi.output("b"), C: { secret: "keys", key: "c" } };
    expect((await firstContainer(withContainer({ env }))).env).toEqual([
      { name: "A", value: "a" },
      { name: "B", value: "b" },
      { name: "C", valueFrom: { secretKeyRef: { name: "keys", key: "c" } } },
    ]);
  });

  test("mounts read-only unless told otherwise; secrets are for its group only", async () => {
    const { spec } = await podOf({
      kind: "stateful",
      volumes: [
        { name: "tls", type: "secret", secret: "tls" },
        { name: "config", type: "configMap", configMap: "config" },
        { name: "tmp", type: "scratch", sizeLimit: "1Gi" },
        { name: "data", type: "data", size: "1Gi" },
      ],
      ...withContainer({
        mounts: [
          { volume: "tls", path: "/tls" },
          { volume: "data", path: "/data", subPath: "part", readOnly: false },
        ],
      }),
    });
    expect(spec.volumes).toEqual([
      { name: "tls", secret: { secretName: "tls", defaultMode: 0o440 } },
      { name: "config", configMap: { name: "config" } },
      { name: "tmp", emptyDir: { sizeLimit: "1Gi" } },
    ]);
    expect(spec.containers[0]?.volumeMounts).toEqual([
      { name: "tls", mountPath: "/tls", readOnly: true },
      { name: "data", mountPath: "/data", subPath: "part", readOnly: false },
    ]);
  });

  test("puts files of several objects into one folder, for its group only; what may come later says so", async () => {
    const { spec } = await podOf({
      volumes: [
        {
          name: "live",
          type: "projected",
          sources: [
            { configMap: "config", files: { "a.yml": "conf/a.yml" } },
            { secret: "tls", optional: true, files: { "tls.crt": "tls.crt" } },
          ],
        },
      ],
    });
    expect(spec.volumes).toEqual([
      {
        name: "live",
        projected: {
          defaultMode: 0o440,
          sources: [
            { configMap: { name: "config", items: [{ key: "a.yml", path: "conf/a.yml" }] } },
            { secret: { name: "tls", optional: true, items: [{ key: "tls.crt", path: "tls.crt" }] } },
          ],
        },
      },
    ]);
  });
});

describe("the Service", () => {
  const spec = async (change: Partial<Workload>) => (await render(change)).service?.spec;

  test("has the ports that are not internal", async () => {
    expect(await spec({})).toMatchObject({
      type: "ClusterIP",
      ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }],
    });
  });

  test.each<[Workload["service"], object]>([
    [{ type: "headless" }, { clusterIP: "None", publishNotReadyAddresses: false }],
    [
      { type: "nodePort", nodePorts: { http: 30080 } },
      { type: "NodePort", ports: [{ nodePort: 30080 }] },
    ],
    [{ type: "loadBalancer" }, { type: "LoadBalancer", externalTrafficPolicy: "Local" }],
  ])("%j", async (service, expected) => {
    expect(await spec({ ...(service && { service }) })).toMatchObject(expected);
  });
});

describe("data", () => {
  const data = { name: "data", type: "data", size: "5Gi" } as const;

  test("is claimed for each copy of a stateful program", async () => {
    const { statefulSet } = await render({
      kind: "stateful",
      volumes: [{ ...data, storageClass: "fast" }],
    });
    expect(statefulSet?.spec?.volumeClaimTemplates).toMatchObject([
      {
        metadata: { name: "data" },
        spec: {
          accessModes: ["ReadWriteOnce"],
          storageClassName: "fast",
          resources: { requests: { storage: "5Gi" } },
        },
      },
    ]);
  });
});

test("scrapes of TLS verify the program by the private CA and its Service's name", async () => {
  const ports = [{ name: "https", number: 1, metrics: { scheme: "https" } }] as const;
  const { podMonitor } = await render(withContainer({ ports }));
  expect(podMonitor?.spec).toMatchObject({
    jobLabel: "app.kubernetes.io/name",
    podMetricsEndpoints: [
      {
        port: "https",
        scheme: "https",
        tlsConfig: {
          ca: { configMap: { name: "private-ca", key: "ca.crt" } },
          serverName: "program.platform.svc",
        },
      },
    ],
  });
});

test.each<[string, Partial<Workload>, string]>([
  [
    "data without a stable name",
    { volumes: [{ name: "data", type: "data", size: "1Gi" }] },
    'workload "program": has a data volume but is stateless; make it "stateful", or the volume "scratch"',
  ],
  [
    "one port twice",
    { containers: [container, { ...container, name: "other" }] },
    'workload "program": two ports are "http"; all containers of a pod share one address, so give each its own',
  ],
  [
    "a mount of nothing",
    withContainer({ mounts: [{ volume: "gone", path: "/gone" }] }),
    'workload "program": mounts the volume "gone", which it does not have; add it to `volumes`',
  ],
])("refuses %s", (_, change, words) => {
  expect(() => objectsOf({ ...plain, ...change }, "platform")).toThrow(new RangeError(words));
});

test("places the objects as its children, named after it, and says where the program is", async () => {
  let host = pulumi.output("");
  const made = await madeBy(() => {
    ({ host } = new KubernetesWorkload("w", { workload: { ...plain, replicas: 2 }, namespace: "platform" }));
  });
  expect(await settled(host)).toBe("program.platform.svc");
  expect(made.map(({ name }) => name).sort()).toEqual([
    "w",
    "w-account",
    "w-budget",
    "w-deployment",
    "w-monitor",
    "w-service",
  ]);
  expect(validateAll(made)).toEqual([]);
});
