/** The walls: every flow passes at both ends, nothing else does, and no tenant reaches another. */
import * as fc from "fast-check";
import { prometheusPodSelector } from "../../../components/metrics/prometheus";
import { objectLabels, ports, programs, selectorLabels } from "../../../components/names";
import { bucketClients } from "../../../components/storage/objectStore";
import type { Peer } from "../../../components/tenancy/flow";
import { flows } from "../../../components/tenancy/flows";
import { programWall, tenantWall } from "../../../components/tenancy/networkWalls";
import { PlatformNamespace } from "../../../components/tenancy/platformNamespace";
import { namespaceLabels } from "../../../components/tenancy/tenant";
import { checkConfig, type EnvironmentConfig, type TenantConfig } from "../../../config";
import type { ClusterDns } from "../../../config/clusterDns";
import { validTenants } from "../../support/arbitraries";
import { environment } from "../../support/environment";
import { grafanaConfig, oidc, postgres } from "../../support/grafana";
import { violationsIn } from "../../support/judged";
import { temporaryFolder, writeKubeconfig } from "../../support/kubeconfig";
import { madeBy } from "../../support/mocks";
import { allows, type End, type Policy, policySpec } from "../../support/networkPolicy";

type ObjectStore = EnvironmentConfig["objectStore"];

const platform = "moat-system";
const inCluster = { kind: "inCluster", bucket: "blocks", storage: "1Gi", protect: false } as const;
const s3 = { kind: "s3", endpoint: "s3.example.org:9000", region: "r", bucket: "blocks" } as const;
const aws = {
  kind: "aws",
  region: "eu-central-1",
  bucketPrefix: "blocks",
  identity: { type: "podIdentity", cluster: "prod" },
  keepDeletedDays: 14,
  protect: true,
} as const;
const swift = {
  kind: "swift",
  endpoint: "swift.example.org:8080",
  bucketPrefix: "blocks",
  access: {
    api: "native",
    authUrl: "https://keystone.example.org:5000/v3",
    roles: ["member"],
    largeObjectSize: "1Gi",
    dynamicLargeObjects: false,
  },
  versioning: true,
  protect: true,
} satisfies ObjectStore;
const names = Object.values(programs);
const grafana = grafanaConfig({ database: postgres, oidc });
const tableOf = (objectStore: ObjectStore) => flows({ ...environment(), objectStore, grafana });

/** The platform's policies for one kind of object store, the closed default among them. */
const platformPolicies = (objectStore: ObjectStore): Policy[] => [
  { namespace: platform, spec: policySpec.parse({ podSelector: {}, policyTypes: ["Ingress", "Egress"] }) },
  ...names.flatMap((program) => {
    const wall = programWall(program, tableOf(objectStore), ["10.0.0.1/32"]);
    return wall === undefined ? [] : [{ namespace: platform, spec: policySpec.parse(wall) }];
  }),
];

const isPrometheus = (program: string) =>
  program === programs.tenantPrometheus || program === programs.platformPrometheus;

const podOf = (program: string): End => ({
  address: "10.244.0.5",
  pod: {
    namespace: platform,
    namespaceLabels: { "kubernetes.io/metadata.name": platform, [objectLabels.role]: "platform" },
    labels: isPrometheus(program) ? prometheusPodSelector(program) : selectorLabels(program),
  },
});

const podOfTenant = (tenant: string, namespace: string, labels = {}): End => ({
  address: "10.244.0.6",
  pod: {
    namespace,
    namespaceLabels: { "kubernetes.io/metadata.name": namespace, ...namespaceLabels(tenant) },
    labels,
  },
});

const dnsServer: End = {
  address: "10.244.0.7",
  pod: {
    namespace: "kube-system",
    namespaceLabels: { "kubernetes.io/metadata.name": "kube-system" },
    labels: { "k8s-app": "kube-dns" },
  },
};

const metadataService: End = { address: "169.254.169.254" };
const podIdentityAgent: End = { address: "169.254.170.23" };

/** The other end of a flow, as it looks to the network. */
function endOf(peer: Peer): End {
  if (typeof peer === "object") return { address: peer.cidrs[0]?.replace(/\/.*/, "") ?? "" };
  switch (peer) {
    case "tenants":
      return podOfTenant("alpha", "alpha");
    case "world":
      return { address: "203.0.113.9" };
    case "kubernetesApi":
      return { address: "10.0.0.1" };
    // Its end of an overlay between nodes, for one.
    case "apiServerCalls":
      return { address: "10.42.1.0" };
    case "objectStore":
    case "internet":
      return { address: "198.51.100.7" };
    case "podIdentityAgent":
      return podIdentityAgent;
    case "dns":
      return dnsServer;
    default:
      return podOf(peer);
  }
}

describe.each<ObjectStore>([inCluster, s3, aws, swift])(
  "the platform with blocks in $kind",
  (objectStore) => {
    const table = tableOf(objectStore);
    const policies = platformPolicies(objectStore);

    test.each(table)("$from reaches $to on $ports", ({ from, to, ports: numbers }) => {
      const some = numbers.length === 0 ? [80, 9100, 65_535] : numbers;
      const protocols = to === "dns" ? (["TCP", "UDP"] as const) : (["TCP"] as const);
      for (const port of some) {
        for (const protocol of protocols) {
          expect(allows(policies, { from: endOf(from), to: endOf(to), port, protocol })).toBe(true);
        }
      }
    });

    test("and nothing inside reaches anything else inside, on any port of the platform", () => {
      const wanted = new Set(table.flatMap((f) => f.ports.map((port) => `${f.from} → ${f.to}:${port}`)));
      const all = names.flatMap((from) =>
        names.flatMap((to) => [...new Set(Object.values(ports))].map((port) => ({ from, to, port }))),
      );
      const open = all
        .filter(({ from, to, port }) => allows(policies, { from: podOf(from), to: podOf(to), port }))
        .map(({ from, to, port }) => `${from} → ${to}:${port}`);
      expect(open.filter((line) => !wanted.has(line))).toEqual([]);
    });

    test("breaks no rule of the pack", async () => {
      const made = await madeBy(
        () => new PlatformNamespace("platform", { config: { ...environment(), objectStore } }),
      );
      expect(made.length).toBeGreaterThan(names.length / 2);
      expect(violationsIn(made)).toEqual([]);
    });

    test("no program without a wall that names it", () => {
      const running = names.filter((name) => objectStore.kind === "inCluster" || name !== programs.s3);
      for (const program of running) expect(programWall(program, table, [])).toBeDefined();
    });

    test("nobody but the edge, the read gateway and what the API server asks is reached from outside", () => {
      const doors = names.flatMap((to) =>
        [...new Set(Object.values(ports))]
          .filter((port) =>
            [endOf("world"), endOf("tenants"), dnsServer].some((from) =>
              allows(policies, { from, to: podOf(to), port }),
            ),
          )
          .map((port) => `${to}:${port}`),
      );
      expect(doors.sort()).toEqual(
        [
          `${programs.edge}:${ports.edgeHttp}`,
          `${programs.edge}:${ports.edgeHttps}`,
          `${programs.readGateway}:${ports.readGateway}`,
          `${programs.admissionWebhook}:${ports.admissionWebhook}`,
        ].sort(),
      );
    });

    test("no program reaches the metadata service or an address of its choice", () => {
      for (const from of names.map(podOf)) {
        expect(allows(policies, { from, to: metadataService, port: 80 })).toBe(false);
        expect(allows(policies, { from, to: { address: "203.0.113.9" }, port: 80 })).toBe(false);
      }
    });

    test("a pod that is no program of the platform reaches nothing and is reached by nobody", () => {
      const stranger = podOf("stranger");
      for (const other of [...names.map(podOf), dnsServer, endOf("world")]) {
        expect(allows(policies, { from: stranger, to: other, port: ports.http })).toBe(false);
        expect(allows(policies, { from: other, to: stranger, port: ports.http })).toBe(false);
      }
    });
  },
);

const outOf = (objectStore: ObjectStore) => tableOf(objectStore).filter((f) => f.to === "objectStore");

test("blocks leave for an S3 service by its endpoint's port", () => {
  const out = (endpoint: string) => outOf({ ...s3, endpoint });
  expect(out("s3.example.org:9000").map((f) => f.ports)).toEqual([[9000], [9000], [9000], [9000]]);
  expect(out("s3.example.org")[0]?.ports).toEqual([443]);
  expect(outOf(inCluster)).toEqual([]);
});

test("blocks leave for a cloud by the ports of its services, each once", () => {
  const all = (...numbers: number[]) => Array(4).fill(numbers);
  const portsOf = (objectStore: ObjectStore) => outOf(objectStore).map((f) => f.ports);
  expect(portsOf(aws)).toEqual(all(443));
  expect(portsOf(swift)).toEqual(all(8080, 5000));
  const { access } = swift;
  const behindOnePort = { ...access, authUrl: "https://cloud.example.org/identity/v3" };
  expect(portsOf({ ...swift, endpoint: "cloud.example.org", access: behindOnePort })).toEqual(all(443));
  expect(portsOf({ ...swift, access: { api: "s3", signingRegion: "us-east-1" } })).toEqual(all(8080));
});

test("the agent that hands out roles is reached by the bucket's clients, and only where roles are used", () => {
  const asking = (objectStore: ObjectStore) =>
    names.filter((program) =>
      allows(platformPolicies(objectStore), { from: podOf(program), to: podIdentityAgent, port: 80 }),
    );
  expect(asking(aws).sort()).toEqual([...bucketClients.metrics].sort());
  for (const other of [inCluster, s3, swift, { ...aws, identity: { type: "accessKey" } } as const])
    expect(asking(other)).toEqual([]);
});

describe("tenants", () => {
  const kubeconfig = writeKubeconfig(temporaryFolder());
  const tenantsOf = (tenants: unknown): readonly TenantConfig[] => {
    const checked = checkConfig({
      clusterName: "test",
      cluster: { kubeconfig },
      objectStore: inCluster,
      edge: { domain: "example.org" },
      tenants,
    });
    if ("problems" in checked) throw new Error(JSON.stringify(checked.problems));
    return checked.config.tenants;
  };
  const wallsOf = (tenants: readonly TenantConfig[]): Policy[] => [
    ...platformPolicies(inCluster),
    ...tenants.flatMap((tenant) =>
      tenant.namespaces.map((namespace) => ({
        namespace,
        spec: policySpec.parse(tenantWall(tenant, platform)),
      })),
    ),
  ];
  const port = fc.constantFrom(22, 80, 443, ...Object.values(ports));
  // Labels that a tenant may give its own pods, those of the platform's programs among them.
  const labels = fc.constantFrom({}, ...names.map((name) => podOf(name).pod?.labels ?? {}));

  test("reach their own namespaces, and never another tenant's, whatever their pods call themselves", () => {
    fc.assert(
      fc.property(validTenants, port, labels, labels, (raw, port, ours, theirs) => {
        const tenants = tenantsOf(raw);
        const policies = wallsOf(tenants);
        const pods = tenants.flatMap((t) => t.namespaces.map((n) => ({ tenant: t.name, namespace: n })));
        for (const a of pods) {
          for (const b of pods) {
            const from = podOfTenant(a.tenant, a.namespace, ours);
            const to = podOfTenant(b.tenant, b.namespace, theirs);
            expect(allows(policies, { from, to, port })).toBe(a.tenant === b.tenant);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  test("reach the read gateway's one port and nothing else of the platform, whatever they call themselves", () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), port, labels, (program, port, ours) => {
        const policies = wallsOf(tenantsOf({ alpha: { egressCidrs: ["10.0.0.0/8"] } }));
        const from = podOfTenant("alpha", "alpha", ours);
        const gateway = program === programs.readGateway && port === ports.readGateway;
        const edge = program === programs.edge && (port === ports.edgeHttp || port === ports.edgeHttps);
        const webhook = program === programs.admissionWebhook && port === ports.admissionWebhook;
        // With private ranges open, the edge is reached as any client reaches it, and the webhook, which knows no secret.
        expect(allows(policies, { from, to: podOf(program), port })).toBe(gateway || edge || webhook);
      }),
      { numRuns: 500 },
    );
  });

  test("do not reach the admission webhook, which the API server asks from anywhere", () => {
    const policies = wallsOf(tenantsOf({ alpha: {} }));
    const to = podOf(programs.admissionWebhook);
    const port = ports.admissionWebhook;
    expect(allows(policies, { from: podOfTenant("alpha", "alpha"), to, port })).toBe(false);
    expect(allows(policies, { from: endOf("apiServerCalls"), to, port })).toBe(true);
  });

  test("are reached by their own Prometheus alone", () => {
    const policies = wallsOf(tenantsOf({ alpha: {} }));
    const reaching = names.filter((program) =>
      allows(policies, { from: podOf(program), to: podOfTenant("alpha", "alpha"), port: 9100 }),
    );
    expect(reaching).toEqual([programs.tenantPrometheus]);
    const from = { address: "203.0.113.9" };
    expect(allows(policies, { from, to: podOfTenant("alpha", "alpha"), port: 80 })).toBe(false);
  });

  test.each<[string, string, boolean]>([
    ["a public address", "203.0.113.9", true],
    ["the metadata service", "169.254.169.254", false],
    ["a node", "10.0.0.1", false],
    ["another private network", "192.168.1.1", false],
    ["carrier-grade NAT", "100.64.0.1", false],
    ["a range that the configuration opens", "172.16.5.9", true],
  ])("reach %s (%s): %s", (_, address, expected) => {
    const policies = wallsOf(tenantsOf({ alpha: { egressCidrs: ["172.16.5.0/24"] } }));
    expect(allows(policies, { from: podOfTenant("alpha", "alpha"), to: { address }, port: 443 })).toBe(
      expected,
    );
  });

  describe("where names are asked of a cache on every node and of pods on another port", () => {
    const dns: ClusterDns = {
      pods: [{ namespace: "openshift-dns", labels: { dns: "default" }, port: 5353 }],
      addresses: ["169.254.20.10"],
    };
    const cache: End = { address: "169.254.20.10" };
    const server: End = {
      address: "10.244.0.8",
      pod: {
        namespace: "openshift-dns",
        namespaceLabels: { "kubernetes.io/metadata.name": "openshift-dns" },
        labels: { dns: "default" },
      },
    };
    const tenant = tenantsOf({ alpha: {} }).map((t) => ({
      namespace: "alpha",
      spec: policySpec.parse(tenantWall(t, platform, dns)),
    }));
    const query = programs.query;
    const program = [
      {
        namespace: platform,
        spec: policySpec.parse(programWall(query, tableOf(inCluster), ["10.0.0.1/32"], dns)),
      },
    ];

    test.each<[string, Policy[], End]>([
      ["tenants", tenant, podOfTenant("alpha", "alpha")],
      ["the platform's programs", program, podOf(query)],
    ])("%s ask these, and nobody else of the kind", (_, policies, from) => {
      const open = (to: End, port: number) =>
        (["TCP", "UDP"] as const).map((protocol) => allows(policies, { from, to, port, protocol }));
      expect(open(cache, 53)).toEqual([true, true]);
      expect(open(server, 5353)).toEqual([true, true]);
      for (const [to, port] of [
        [cache, 80],
        [cache, 8080],
        [server, 53],
        [dnsServer, 53],
        [metadataService, 53],
        [metadataService, 80],
      ] as const)
        expect(open(to, port)).toEqual([false, false]);
    });
  });

  test("may ask the cluster's DNS", () => {
    const policies = wallsOf(tenantsOf({ alpha: {} }));
    const from = podOfTenant("alpha", "alpha");
    for (const protocol of ["TCP", "UDP"] as const) {
      expect(allows(policies, { from, to: dnsServer, port: 53, protocol })).toBe(true);
    }
    expect(allows(policies, { from, to: dnsServer, port: 9153 })).toBe(false);
  });
});
