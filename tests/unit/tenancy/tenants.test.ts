/** What a tenant gets: few objects, all valid, rights in its own namespaces and nowhere else. */
import * as fc from "fast-check";
import { z } from "zod";
import { authorRole, objectLabels } from "../../../components/names";
import { MetricsAccess, readerRule } from "../../../components/tenancy/access";
import { authorRules } from "../../../components/tenancy/authors";
import { sampleMetrics } from "../../../components/tenancy/sampleApplication";
import { dataSourceAccount } from "../../../components/tenancy/tenant";
import { validTenants } from "../../support/arbitraries";
import { type Made, madeBy, objects } from "../../support/mocks";
import { validateAll } from "../../support/schemas";
import { tenantsOf } from "../../support/tenants";

const group = "rbac.authorization.k8s.io";

/** All that belongs to one tenant, components too. */
const partsOf = (made: readonly Made[], tenant: string) =>
  made.filter(({ name }) => name === `tenant-${tenant}` || name.startsWith(`tenant-${tenant}-`));

const bindingShape = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  roleRef: z.object({ apiGroup: z.string(), kind: z.string(), name: z.string() }),
  subjects: z.array(
    z.object({
      kind: z.string(),
      name: z.string(),
      namespace: z.string().optional(),
      apiGroup: z.string().optional(),
    }),
  ),
});
const bindings = (made: readonly Made[]) =>
  objects(made, "RoleBinding").map((m) => bindingShape.parse(m.inputs));

const named = z.object({ metadata: z.object({ name: z.string(), namespace: z.string().optional() }) });
const nameOf = (m: Made) => named.parse(m.inputs).metadata.name;

describe("a tenant with a sample application", () => {
  let made: Made[];
  let outputs: unknown;
  beforeAll(async () => {
    ({ made, outputs } = await tenantsOf({
      alpha: { users: ["alice"], groups: ["team-a"], sample: { series: 3 } },
    }));
  });

  test("is made of objects that the published schemas allow", () => expect(validateAll(made)).toEqual([]));

  test("takes at most 12 resources", () => {
    expect(partsOf(made, "alpha").length).toBeLessThanOrEqual(12);
  });

  test("gets a namespace that says whose it is and holds its pods to the restricted profile", () => {
    expect(objects(made, "Namespace").map((m) => m.inputs.metadata)).toMatchObject([
      {
        name: "alpha",
        labels: {
          [objectLabels.role]: "tenant",
          [objectLabels.tenant]: "alpha",
          "pod-security.kubernetes.io/enforce": "restricted",
        },
      },
    ]);
  });

  test("lets its account, people and groups read, and the tenants' Prometheus find targets; nobody else", () => {
    expect(bindings(made)).toEqual([
      {
        metadata: { name: "metrics-readers", namespace: "alpha" },
        roleRef: { apiGroup: group, kind: "ClusterRole", name: "reader" },
        subjects: [
          { kind: "ServiceAccount", name: dataSourceAccount, namespace: "alpha" },
          { kind: "User", apiGroup: group, name: "alice" },
          { kind: "Group", apiGroup: group, name: "team-a" },
        ],
      },
      {
        metadata: { name: "prometheus", namespace: "alpha" },
        roleRef: { apiGroup: group, kind: "ClusterRole", name: "discovery" },
        subjects: [{ kind: "ServiceAccount", name: "prometheus-tenants", namespace: "moat-system" }],
      },
    ]);
  });

  test("has no secret: tokens are asked for when needed", () => {
    expect(objects(made, "Secret")).toEqual([]);
    expect(objects(made, "ServiceAccount").map((m) => m.inputs.automountServiceAccountToken)).toEqual([
      false,
    ]);
  });

  test("may open no port on nodes and no load balancer", () => {
    expect(objects(made, "ResourceQuota")[0]?.inputs.spec).toMatchObject({
      hard: { "services.nodeports": "0", "services.loadbalancers": "0", "requests.cpu": "4", pods: "50" },
    });
  });

  test("may not fill a node's disk: what says nothing is limited, and all of it together", () => {
    expect(objects(made, "ResourceQuota")[0]?.inputs.spec).toMatchObject({
      hard: { "requests.ephemeral-storage": "20Gi", "limits.ephemeral-storage": "20Gi" },
    });
    expect(objects(made, "LimitRange")[0]?.inputs.spec).toMatchObject({
      limits: [
        { default: { "ephemeral-storage": "256Mi" }, defaultRequest: { "ephemeral-storage": "16Mi" } },
      ],
    });
  });

  test("may have so many monitors and rules, and waits until they are counted: by paths that the official plugin can read", () => {
    const [quota] = objects(made, "ResourceQuota");
    expect(quota?.inputs.spec).toMatchObject({
      hard: { "count/pods": "150", "count/prometheusrules.monitoring.coreos.com": "20" },
    });
    const { annotations } = z
      .object({ annotations: z.object({ "pulumi.com/waitFor": z.string() }) })
      .parse(quota?.inputs.metadata);
    expect(JSON.parse(annotations["pulumi.com/waitFor"])).toContain(
      "jsonpath={.status.used['count/servicemonitors.monitoring.coreos.com']}",
    );
  });

  test("is told where its token comes from", () => {
    expect(outputs).toEqual({
      alpha: { namespaces: ["alpha"], serviceAccount: dataSourceAccount, serviceAccountNamespace: "alpha" },
    });
  });

  test("is scraped by a monitor such as tenants write", () => {
    expect(objects(made, "ServiceMonitor").map((m) => m.inputs.metadata)).toMatchObject([
      { namespace: "alpha" },
    ]);
  });
});

describe("authors", () => {
  const authors = (found: readonly Made[]) =>
    bindings(found).filter((b) => b.roleRef.name === authorRole.name);

  test("write in every namespace of their tenant and in no other", async () => {
    const { made } = await tenantsOf({
      alpha: { namespaces: ["alpha", "alpha-jobs"], authors: { users: ["amy"], groups: ["team-a"] } },
      beta: { users: ["bob"] },
    });
    expect(validateAll(made)).toEqual([]);
    expect(authors(made)).toEqual(
      ["alpha", "alpha-jobs"].map((namespace) => ({
        metadata: { name: "authors", namespace },
        roleRef: { apiGroup: group, kind: "ClusterRole", name: "moat-tenant-author" },
        subjects: [
          { kind: "User", apiGroup: group, name: "amy" },
          { kind: "Group", apiGroup: group, name: "team-a" },
        ],
      })),
    );
  });

  test("have one role, whatever the tenants, with these rules and no label by which another role takes them up", async () => {
    for (const tenants of [{}, { alpha: { authors: { users: ["amy"] } }, beta: {} }]) {
      const { made } = await tenantsOf(tenants);
      expect(objects(made, "ClusterRole").map((m) => m.inputs)).toEqual([
        expect.objectContaining({
          metadata: { name: "moat-tenant-author" },
          rules: authorRules.map(({ why: _, ...rule }) => rule),
        }),
      ]);
      expect(objects(made, "ClusterRole")[0]?.inputs).not.toHaveProperty("aggregationRule");
    }
  });

  test("are nobody by default", async () => {
    expect(authors((await tenantsOf({ alpha: { users: ["alice"] } })).made)).toEqual([]);
  });
});

test("a tenant's monitors may refer to its secrets only when it asked for that", async () => {
  const readersOfSecrets = async (tenant: object) =>
    bindings((await tenantsOf({ alpha: tenant })).made).filter((b) => b.roleRef.name === "references");
  expect(await readersOfSecrets({})).toEqual([]);
  expect(await readersOfSecrets({ scrapeCredentials: true })).toMatchObject([
    {
      metadata: { namespace: "alpha" },
      subjects: [{ kind: "ServiceAccount", name: "prometheus-operator", namespace: "moat-system" }],
    },
  ]);
});

test("random tenants: every namespace has quota, limits, wall and bindings, and no right crosses to another tenant", async () => {
  await fc.assert(
    fc.asyncProperty(validTenants, async (raw) => {
      const { made } = await tenantsOf(raw);
      const owner = new Map(
        objects(made, "Namespace").map((m) => {
          const { labels, name } = z
            .object({ name: z.string(), labels: z.record(z.string(), z.string()) })
            .parse(m.inputs.metadata);
          return [name, labels[objectLabels.tenant]];
        }),
      );
      for (const kind of ["ResourceQuota", "LimitRange", "NetworkPolicy"]) {
        const where = objects(made, kind).map((m) => named.parse(m.inputs).metadata.namespace);
        expect(where.sort()).toEqual([...owner.keys()].sort());
      }
      for (const { metadata, subjects } of bindings(made)) {
        for (const subject of subjects.filter((s) => s.kind === "ServiceAccount")) {
          const home = subject.namespace ?? "";
          expect([owner.get(metadata.namespace), undefined]).toContain(owner.get(home));
          if (!owner.has(home)) expect(home).toBe("moat-system");
        }
      }
      expect(objects(made, "ServiceAccount").map(nameOf)).toEqual(
        Object.keys(raw).map(() => dataSourceAccount),
      );
    }),
    { numRuns: 15 },
  );
});

describe("access", () => {
  const accessOf = (operators: { users: string[]; groups: string[] }) =>
    madeBy(() => void new MetricsAccess("access", { operators }));

  test("is one permission: to read, by GET and by POST", () => {
    expect(readerRule).toEqual({
      apiGroups: [""],
      resources: ["namespace/metrics"],
      verbs: ["get", "create"],
    });
  });

  test("of every namespace has nobody, unless operators are named", async () => {
    expect(objects(await accessOf({ users: [], groups: [] }), "ClusterRoleBinding")).toEqual([]);
    const made = await accessOf({ users: ["ada"], groups: ["operators"] });
    expect(objects(made, "ClusterRoleBinding")).toMatchObject([
      {
        inputs: {
          roleRef: { kind: "ClusterRole", name: "moat-metrics-reader" },
          subjects: [
            { kind: "User", name: "ada" },
            { kind: "Group", name: "operators" },
          ],
        },
      },
    ]);
    expect(validateAll(made)).toEqual([]);
  });
});

test("sample metrics are text in Prometheus's form, each series once, and carry the tenant's name", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), (count) => {
      const lines = sampleMetrics("alpha", count).split("\n");
      const series = lines.filter((line) => line.startsWith("sample_orders_total{"));
      expect(new Set(series.map((line) => line.split(" ")[0])).size).toBe(count);
      for (const line of series) expect(line).toMatch(/^sample_orders_total\{shop="alpha",item="\d+"\} \d+$/);
      expect(lines.at(-1)).toBe("");
    }),
  );
});
