import type { Cluster } from "../support/cluster";
import { json, mutable, skipAwait } from "../support/programs";

interface Case {
  readonly field: string;
  /** The class in the SDK. */
  readonly kind: string;
  readonly args: (ns: string, changed: boolean) => object;
}

const meta = (ns: string) => ({ name: "x", namespace: ns });
const waitless = (ns: string) => ({ ...meta(ns), annotations: skipAwait });
const pods = (app: string) => ({
  metadata: { labels: { app } },
  spec: { nodeSelector: { none: "1" }, containers: [{ name: "main", image: "none.invalid/a" }] },
});
const volume = (size: string) => ({
  metadata: { name: "v" },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: size } } },
});

/** A field of each kind that cannot change. */
const cases: Case[] = [
  {
    field: "selector",
    kind: "apps.v1.Deployment",
    args: (ns, changed) => {
      const app = changed ? "b" : "a";
      return { metadata: waitless(ns), spec: { selector: { matchLabels: { app } }, template: pods(app) } };
    },
  },
  {
    field: "volumeClaimTemplates",
    kind: "apps.v1.StatefulSet",
    args: (ns, changed) => ({
      metadata: waitless(ns),
      spec: {
        serviceName: "x",
        selector: { matchLabels: { app: "a" } },
        template: pods("a"),
        volumeClaimTemplates: [volume(changed ? "2Gi" : "1Gi")],
      },
    }),
  },
  {
    field: "template",
    kind: "batch.v1.Job",
    args: (ns, changed) => ({
      metadata: waitless(ns),
      spec: { template: { spec: { ...pods("a").spec, restartPolicy: changed ? "Never" : "OnFailure" } } },
    }),
  },
  {
    field: "clusterIP",
    kind: "core.v1.Service",
    args: (ns, changed) => ({
      metadata: meta(ns),
      spec: { ports: [{ port: 80 }], ...(changed ? { clusterIP: "None" } : {}) },
    }),
  },
  {
    field: "storageClassName",
    kind: "core.v1.PersistentVolumeClaim",
    args: (ns, changed) => ({
      metadata: waitless(ns),
      spec: { ...volume("1Gi").spec, storageClassName: changed ? "b" : "a" },
    }),
  },
  {
    field: "roleRef",
    kind: "rbac.v1.RoleBinding",
    args: (ns, changed) => ({
      metadata: meta(ns),
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "ClusterRole",
        name: changed ? "edit" : "view",
      },
      subjects: [],
    }),
  },
  {
    field: "type",
    kind: "core.v1.Secret",
    args: (ns, changed) => ({
      metadata: meta(ns),
      type: changed ? "moat.dev/b" : "moat.dev/a",
      stringData: { a: "1" },
    }),
  },
  {
    field: "data of an immutable one",
    kind: "core.v1.ConfigMap",
    args: (ns, changed) => ({ metadata: meta(ns), immutable: true, data: { a: changed ? "2" : "1" } }),
  },
  {
    field: "provisioner",
    kind: "storage.v1.StorageClass",
    args: (ns, changed) => ({ metadata: { name: ns }, provisioner: changed ? "moat.dev/b" : "moat.dev/a" }),
  },
];

export function replacement(cluster: Cluster): void {
  test("a field that cannot change makes a new object, and the old one goes first since the name stays", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program = (changed: boolean) =>
      mutable + cases.map((c) => `new k8s.${c.kind}("x", ${json(c.args(ns, changed))}, opts);`).join("\n");
    await stack.up(program(false));
    await stack.preview(program(true));
    const { steps } = await stack.up(program(true));
    for (const { kind } of cases) {
      const name = kind.split(".").at(-1);
      const own = steps.filter((step) => step.includes(`:${name} `)).map((step) => step.split(" ")[0]);
      expect([name, ...own]).toEqual([name, "delete-replaced", "replace", "create-replacement"]);
    }
    await stack.preview(program(true), "--expect-no-changes");
    await stack.close();
  });

  test("changed data makes a new config map or secret, unless the provider says that it may change", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program = (value: string, opts: string) => `${opts}
      new k8s.core.v1.ConfigMap("c", { metadata: { name: "c", namespace: "${ns}" }, data: { a: "${value}" } }, opts);
      new k8s.core.v1.Secret("s", { metadata: { name: "s", namespace: "${ns}" }, stringData: { a: "${value}" } }, opts);`;
    await stack.up(program("1", mutable));
    expect((await stack.preview(program("2", mutable))).changes).toMatchObject({ update: 2 });
    await stack.up(program("1", "const opts = {};"));
    expect((await stack.preview(program("2", "const opts = {};"))).changes).toMatchObject({ replace: 2 });
    await stack.close();
  });
}
