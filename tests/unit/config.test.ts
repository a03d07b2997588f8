import { chmodSync } from "node:fs";
import { homedir } from "node:os";
import { relative } from "node:path";
import { checkConfig } from "../../config";
import { tell } from "../../config/problems";
import type { GivenSecrets } from "../../config/secrets";
import { temporaryFolder, writeFile, writeKubeconfig } from "../support/kubeconfig";

const folder = temporaryFolder();
const kubeconfig = writeKubeconfig(folder);

/** The least that an environment must say. */
const least = {
  clusterName: "test",
  cluster: { kubeconfig },
  objectStore: { kind: "inCluster" },
  edge: { domain: "example.org" },
};

const s3 = { objectStore: { kind: "s3", endpoint: "s3.example.org", bucket: "blocks" } };

/** Problems as `path: reason → mend`; the environment is `least` with the changes. */
function problems(changes: object, secrets: GivenSecrets = {}, env: NodeJS.ProcessEnv = {}): string[] {
  const checked = checkConfig({ ...least, ...changes }, env, secrets);
  return "problems" in checked ? checked.problems.map((p) => `${p.path}: ${p.reason} → ${p.mend}`) : [];
}

function accepted(changes: object, env: NodeJS.ProcessEnv = {}) {
  const checked = checkConfig({ ...least, ...changes }, env);
  if ("problems" in checked) throw new Error(tell(checked.problems));
  return checked.config;
}

describe("a configuration that is right", () => {
  test("needs no more than four keys; every default is filled in", () => {
    const config = accepted({});
    expect(config).toMatchObject({
      platformNamespace: "moat-system",
      size: "medium",
      objectStore: { bucket: "moat-metrics", storage: "20Gi" },
      metrics: { replicas: 2, retention: "7d", blockDuration: "2h", limits: { samples: 50_000 } },
      thanos: { retention: { raw: "30d", fiveMinutes: "60d", oneHour: "90d" } },
      readGateway: { replicas: 2 },
      edge: { httpPort: 80, httpsPort: 443, service: { type: "loadBalancer", annotations: {} } },
      operators: { users: [], groups: [] },
      tenants: [],
      kubeconfigPath: kubeconfig,
    });
  });

  test("may name another DNS than the usual one", () => {
    const dns = { pods: [{ namespace: "names", labels: { "k8s-app": "coredns" } }] };
    expect(accepted({ cluster: { kubeconfig, dns } }).cluster).toMatchObject({
      dns: { pods: [{ ...dns.pods[0], port: 53 }], addresses: [] },
      crds: "ours",
    });
    const addresses = ["169.254.20.10", "fd00::10"];
    expect(accepted({ cluster: { kubeconfig, dns: { addresses } } }).cluster).toMatchObject({
      dns: { pods: [], addresses },
    });
  });

  test("gives a tenant without namespaces one with its name", () => {
    const { tenants } = accepted({ tenants: { alpha: {}, beta: { namespaces: ["beta-web", "beta-jobs"] } } });
    expect(tenants.map((t) => [t.name, t.namespaces])).toEqual([
      ["alpha", ["alpha"]],
      ["beta", ["beta-web", "beta-jobs"]],
    ]);
  });

  test("takes a tenant's name of 40 characters", () => {
    expect(accepted({ tenants: { ["a".repeat(40)]: {} } }).tenants).toHaveLength(1);
  });

  test("takes CPU as number and as text", () => {
    const { tenants } = accepted({
      tenants: { alpha: { quota: { cpu: 4 } }, beta: { quota: { cpu: "500m" } } },
    });
    expect(tenants.map((t) => t.quota.cpu)).toEqual(["4", "500m"]);
  });

  test("takes the accounts of one namespace as readers and authors, and who reads may write", () => {
    accepted({
      tenants: {
        alpha: {
          groups: ["system:serviceaccounts:alpha", "team-a"],
          users: ["alice"],
          authors: { users: ["alice", "system:serviceaccount:ci:deployer"], groups: ["team-a"] },
        },
      },
    });
  });
});

test("every mistake about who may write is told at once", () => {
  const authors = { users: ["", "alice", "alice"], groups: ["system:masters"] };
  expect(problems({ tenants: { alpha: { authors } } })).toHaveLength(3);
});

describe("a configuration that is wrong is refused in these words", () => {
  const notAName = "must be lower-case letters, digits and dashes, and begin and end with a letter or digit";
  const docs = "docs/config.md has its meaning, unit and default";
  const unknownKey = "is not a known key → remove it or correct its spelling; docs/config.md lists all keys";
  const oneOwner = "give every namespace to one tenant, once: who owns it can read all of its metrics";

  test.each<[string, object, string]>([
    ["unknown key", { tenant: {} }, `moat:tenant: ${unknownKey}`],
    ["unknown nested key", { metrics: { replica: 2 } }, `moat:metrics.replica: ${unknownKey}`],
    ["unknown key of a tenant", { tenants: { a: { user: [] } } }, `moat:tenants.a.user: ${unknownKey}`],
    [
      "tenant name with a slash",
      { tenants: { "alpha/beta": {} } },
      `moat:tenants.alpha/beta: the name ${notAName} → rename it`,
    ],
    [
      "tenant name of 41 characters",
      { tenants: { ["a".repeat(41)]: {} } },
      `moat:tenants.${"a".repeat(41)}: the name must have at most 40 characters → rename it`,
    ],
    [
      "tenant name of no characters",
      { tenants: { "": {} } },
      `moat:tenants.: the name ${notAName} → rename it`,
    ],
    [
      "tenant name with capitals",
      { tenants: { Alpha: {} } },
      `moat:tenants.Alpha: the name ${notAName} → rename it`,
    ],
    [
      "tenant without a value",
      { tenants: { alpha: null } },
      "moat:tenants.alpha: is empty → give it a value, `{}` if all defaults suit, or remove it",
    ],
    [
      "mirror of no image",
      { registryMirrors: { "quay.io": "mirror.example.org", "quay.oi": "mirror.example.org" } },
      expect.stringContaining(
        "moat:registryMirrors.quay.oi: no image of an environment begins so → write what ends before a slash in one of these: docker.io/grafana, ",
      ),
    ],
    [
      "mirror with a scheme",
      { registryMirrors: { "quay.io": "https://mirror.example.org" } },
      expect.stringContaining(
        'moat:registryMirrors.quay.io: the text "https://mirror.example.org" must be a registry, ',
      ),
    ],
    [
      "namespace of two tenants",
      { tenants: { alpha: { namespaces: ["web"] }, beta: { namespaces: ["web"] } } },
      `moat:tenants.beta.namespaces: "web" belongs to tenant "alpha" already → ${oneOwner}`,
    ],
    [
      "namespace that another tenant has by its name",
      { tenants: { alpha: {}, beta: { namespaces: ["beta", "alpha"] } } },
      `moat:tenants.beta.namespaces: "alpha" belongs to tenant "alpha" already → ${oneOwner}`,
    ],
    [
      "namespace named twice",
      { tenants: { alpha: { namespaces: ["web", "web"] } } },
      `moat:tenants.alpha.namespaces: names "web" twice → ${oneOwner}`,
    ],
    [
      "no namespace",
      { tenants: { alpha: { namespaces: [] } } },
      `moat:tenants.alpha.namespaces: a list must name at least one namespace → ${docs}`,
    ],
    [
      "namespace of the platform",
      { tenants: { alpha: { namespaces: ["moat-system"] } } },
      `moat:tenants.alpha.namespaces: "moat-system" is a namespace of the platform or of Kubernetes itself → choose a namespace of the tenant's own`,
    ],
    [
      "namespace of the platform under another name",
      { platformNamespace: "monitoring", tenants: { monitoring: {} } },
      `moat:tenants.monitoring.namespaces: "monitoring" is a namespace of the platform or of Kubernetes itself → choose a namespace of the tenant's own`,
    ],
    [
      "namespace that Thanos takes for none",
      { tenants: { "default-tenant": {} } },
      `moat:tenants.default-tenant.namespaces: "default-tenant" stands for no tenant in Thanos, so its series can be read by nobody → choose another name for the namespace`,
    ],
    ...["kube-system", "kube-anything", "default"].map((name): [string, object, string] => [
      `namespace ${name}`,
      { tenants: { alpha: { namespaces: [name] } } },
      `moat:tenants.alpha.namespaces: "${name}" is a namespace of the platform or of Kubernetes itself → choose a namespace of the tenant's own`,
    ]),
    [
      "platform in a namespace of Kubernetes",
      { platformNamespace: "kube-system" },
      `moat:platformNamespace: "kube-system" belongs to Kubernetes → choose a namespace of its own, such as moat-system`,
    ],
    [
      "retention below the block's length",
      { metrics: { retention: "1h" } },
      "moat:metrics.retention: 1h is shorter than 2h: Prometheus would drop samples before a block of them is cut and uploaded → set 2h or more",
    ],
    [
      "raw retention below the block's length",
      { metrics: { blockDuration: "3d" }, thanos: { retention: { raw: "2d" } } },
      "moat:thanos.retention.raw: 2d is shorter than 3d: a block would expire as soon as it is uploaded → set 3d or more",
    ],
    [
      "raw retention too short to downsample",
      { thanos: { retention: { raw: "1h" } } },
      "moat:thanos.retention.raw: 1h is shorter than 40h: Thanos makes 5-minute samples only of raw data that is 40 hours old, so there would be none → set 40h or more",
    ],
    [
      "5-minute retention too short to downsample",
      { thanos: { retention: { fiveMinutes: "9d" } } },
      "moat:thanos.retention.fiveMinutes: 9d is shorter than 10d: Thanos makes 1-hour samples only of 5-minute data that is 10 days old, so there would be none → set 10d or more",
    ],
    ...["metrics.replicas", "thanos.queryReplicas", "readGateway.replicas", "edge.replicas"].map(
      (path): [string, object, string] => {
        const [group = "", key = ""] = path.split(".");
        const given = group === "edge" ? { ...least.edge, [key]: 0 } : { [key]: 0 };
        return [
          `${path} 0`,
          { [group]: given },
          `moat:${path}: the value 0 must be 1 or more: with 0 replicas nothing runs → ${docs}`,
        ];
      },
    ),
    [
      "half a replica",
      { readGateway: { replicas: 1.5 } },
      `moat:readGateway.replicas: the value 1.5 must be a whole number → ${docs}`,
    ],
    [
      "replicas as text",
      { metrics: { replicas: "3" } },
      'moat:metrics.replicas: the text "3" must be a number → write it without quotes: 3',
    ],
    [
      "true as text",
      { tenants: { alpha: { scrapeCredentials: "true" } } },
      'moat:tenants.alpha.scrapeCredentials: the text "true" must be true or false → write it without quotes: true',
    ],
    [
      "text as number",
      { tenants: { alpha: { users: [7] } } },
      'moat:tenants.alpha.users[0]: the value 7 must be text → put it in quotes: "7"',
    ],
    [
      "duration without unit",
      { metrics: { scrapeInterval: "30" } },
      `moat:metrics.scrapeInterval: the text "30" must be one whole number above 0 and a unit (s, m, h, d, w, y), such as 90s, 2h or 30d, and at most 100y → ${docs}`,
    ],
    [
      "size without binary unit",
      { metrics: { storage: "20GB" } },
      `moat:metrics.storage: the text "20GB" must be a size above 0 with a binary unit, such as 512Mi or 20Gi → ${docs}`,
    ],
    [
      "CPU that is none",
      { tenants: { a: { quota: { cpu: "many" } } } },
      `moat:tenants.a.quota.cpu: the text "many" must be CPU: 4, 0.5, 500m → ${docs}`,
    ],
    [
      "unknown size",
      { size: "tiny" },
      `moat:size: the text "tiny" must be one of: small, medium, large → ${docs}`,
    ],
    [
      "unknown object store",
      { objectStore: { kind: "gcs" } },
      `moat:objectStore.kind: the text "gcs" must be one of: inCluster, s3, aws, swift → ${docs}`,
    ],
    [
      "object store of no kind",
      { objectStore: {} },
      `moat:objectStore.kind: is missing; it must be one of: inCluster, s3, aws, swift → ${docs}`,
    ],
    ["no domain", { edge: {} }, `moat:edge.domain: is missing → set it; ${docs}`],
    ["text for a group", { metrics: "7d" }, `moat:metrics: the text "7d" must be a group of keys → ${docs}`],
    [
      "one node port for two",
      { edge: { ...least.edge, service: { type: "nodePort", http: 30080, https: 30080 } } },
      "moat:edge.service.https: 30080 is the port of `http` too → give each a port of its own, by default out of 30000 to 32767",
    ],
    [
      "everybody as readers of a tenant",
      { tenants: { alpha: { groups: ["system:authenticated"] } } },
      `moat:tenants.alpha.groups: "system:authenticated" is Kubernetes' own and may stand for everybody, other tenants too → name people, groups of your own, or the accounts of one namespace: system:serviceaccounts:<namespace>`,
    ],
    [
      "all accounts as operators",
      { operators: { groups: ["system:serviceaccounts"] } },
      `moat:operators.groups: "system:serviceaccounts" is Kubernetes' own and may stand for everybody, other tenants too → name people, groups of your own, or the accounts of one namespace: system:serviceaccounts:<namespace>`,
    ],
    [
      "strangers as authors of a tenant",
      { tenants: { alpha: { authors: { users: ["system:anonymous"] } } } },
      `moat:tenants.alpha.authors.users: "system:anonymous" is Kubernetes' own and may stand for everybody, other tenants too → name people, groups of your own, or the accounts of one namespace: system:serviceaccounts:<namespace>`,
    ],
    [
      "author without a name",
      { tenants: { alpha: { authors: { groups: ["team-a", ""] } } } },
      `moat:tenants.alpha.authors.groups[1]: the text "" must not be empty → ${docs}`,
    ],
    [
      "author named twice",
      { tenants: { alpha: { authors: { groups: ["team-a", "team-b", "team-a", "team-a"] } } } },
      'moat:tenants.alpha.authors.groups: names "team-a" twice → name everybody once, so that who is taken out is out',
    ],
    [
      "reader named twice",
      { tenants: { alpha: { users: ["alice", "alice"] } } },
      'moat:tenants.alpha.users: names "alice" twice → name everybody once, so that who is taken out is out',
    ],
    [
      "authors as a list",
      { tenants: { alpha: { authors: ["alice"] } } },
      `moat:tenants.alpha.authors: a list must be a group of keys → ${docs}`,
    ],
    [
      "unknown kind of author",
      { tenants: { alpha: { authors: { people: ["alice"] } } } },
      `moat:tenants.alpha.authors.people: ${unknownKey}`,
    ],
    [
      "a DNS that nobody answers for",
      { cluster: { kubeconfig, dns: {} } },
      "moat:cluster.dns: a group of keys must name pods or addresses → docs/config.md has its meaning, unit and default",
    ],
    [
      "pods of any kind for a DNS",
      { cluster: { kubeconfig, dns: { pods: [{ namespace: "names", labels: {} }] } } },
      "moat:cluster.dns.pods[0].labels: a group of keys must name at least one label → docs/config.md has its meaning, unit and default",
    ],
    [
      "a range for the address of a DNS",
      { cluster: { kubeconfig, dns: { addresses: ["169.254.0.0/16"] } } },
      'moat:cluster.dns.addresses[0]: the text "169.254.0.0/16" must be an address such as 169.254.20.10 → docs/config.md has its meaning, unit and default',
    ],
    [
      "a label that is none",
      { cluster: { kubeconfig, dns: { pods: [{ namespace: "names", labels: { app: "a,b" } }] } } },
      'moat:cluster.dns.pods[0].labels.app: the text "a,b" must be the value of a label, such as kube-dns → docs/config.md has its meaning, unit and default',
    ],
    [
      "egress to the metadata service",
      { tenants: { alpha: { egressCidrs: ["10.0.0.0/8", "169.254.169.254/32"] } } },
      "moat:tenants.alpha.egressCidrs: 169.254.169.254/32 contains addresses of 169.254.0.0/16, where clouds serve a machine's credentials → name only the private ranges that the tenant needs; public addresses are open without it",
    ],
    [
      "egress to everywhere",
      { tenants: { alpha: { egressCidrs: ["0.0.0.0/0"] } } },
      expect.stringContaining("0.0.0.0/0 contains"),
    ],
    [
      "endpoint with a scheme",
      { objectStore: { ...s3.objectStore, endpoint: "https://s3.example.org" } },
      expect.stringContaining("no https:// before it"),
    ],
  ])("%s", (_, changes, expected) => {
    const secrets = { objectStoreAccessKey: true, objectStoreSecretKey: true };
    expect(problems(changes, secrets)).toEqual([expected]);
  });
});

describe("the kubeconfig", () => {
  const make = "run `make up`, or name the kubeconfig of your own cluster";
  const file = (name: string, content: string) => writeFile(folder, name, content);

  test.each<[string, string, string]>([
    ["missing", "/nowhere/kubeconfig", `there is no file /nowhere/kubeconfig → ${make}`],
    ["below a file", `${kubeconfig}/x`, `there is no file ${kubeconfig}/x → ${make}`],
    ["a folder", folder, `${folder} is a folder → name the file in it`],
    [
      "not YAML",
      file("broken", "contexts: [\n  token: 'very-secret"),
      `${folder}/broken is not YAML → name a kubeconfig, as kubectl reads it`,
    ],
    ...["", "just text", "kind: Config\n", "contexts: none\n", "contexts: []\n", "contexts: [1]\n"].map(
      (content, i): [string, string, string] => [
        `not a kubeconfig: ${JSON.stringify(content)}`,
        file(`other-${i}`, content),
        `${folder}/other-${i} is not a kubeconfig → it must be YAML of kind Config with contexts`,
      ],
    ),
  ])("%s", (_, path, expected) => {
    expect(problems({ cluster: { kubeconfig: path } })).toEqual([`moat:cluster.kubeconfig: ${expected}`]);
  });

  test("that this user may not read", () => {
    const path = file("closed", "contexts: []");
    chmodSync(path, 0);
    const asOther = asUserWithoutRights(() => problems({ cluster: { kubeconfig: path } }));
    expect(asOther).toEqual([
      `moat:cluster.kubeconfig: ${path} may not be read by this user → change its owner or mode, or run as the user that may`,
    ]);
  });

  test("what is wrong with it never quotes it, since it holds credentials", () => {
    const path = file("quoting", "users: [{ token: 'very-secret }]");
    expect(problems({ cluster: { kubeconfig: path } }).join()).not.toContain("very-secret");
  });

  test("unknown context", () => {
    expect(problems({ cluster: { kubeconfig, context: "elsewhere" } })).toEqual([
      `moat:cluster.context: ${kubeconfig} has no context "elsewhere" → take one of: here, there`,
    ]);
  });

  test("no context at all", () => {
    const path = file("no-current", "contexts: [{ name: here }]");
    expect(problems({ cluster: { kubeconfig: path } })).toEqual([
      `moat:cluster.context: is missing, and ${path} has no current one → take one of: here`,
    ]);
    expect(problems({ cluster: { kubeconfig: path, context: "here" } })).toEqual([]);
  });

  test("current context that is not there", () => {
    const path = file("gone", "current-context: gone\ncontexts: [{ name: here }]");
    expect(problems({ cluster: { kubeconfig: path } })).toEqual([
      `moat:cluster.context: ${path} has no context "gone" → take one of: here`,
    ]);
  });

  test("comes from the configuration, then from $KUBECONFIG, then from the home folder", () => {
    const other = writeKubeconfig(folder, "other");
    expect(accepted({}, { KUBECONFIG: other }).kubeconfigPath).toBe(kubeconfig);
    expect(accepted({ cluster: {} }, { KUBECONFIG: `:${other}:/nowhere` }).kubeconfigPath).toBe(other);
    expect(accepted({ cluster: { kubeconfig: relative(".", other) } }).kubeconfigPath).toBe(other);
    expect(problems({ cluster: { kubeconfig: "~/no-such-file" } })).toEqual([
      `moat:cluster.kubeconfig: there is no file ${homedir()}/no-such-file → ${make}`,
    ]);
  });
});

describe("secrets of an object store", () => {
  const how = (key: string) => `run \`pulumi config set --secret ${key}\` and type it when asked`;

  test("must be there for an S3 service", () => {
    expect(problems(s3)).toEqual([
      `moat:objectStoreAccessKey: is missing, and s3.example.org will ask for it → ${how("objectStoreAccessKey")}`,
      `moat:objectStoreSecretKey: is missing, and s3.example.org will ask for it → ${how("objectStoreSecretKey")}`,
    ]);
    expect(problems(s3, { objectStoreAccessKey: true })).toHaveLength(1);
    expect(problems(s3, { objectStoreAccessKey: true, objectStoreSecretKey: true })).toEqual([]);
  });

  test("must be encrypted", () => {
    expect(problems(s3, { objectStoreAccessKey: true, objectStoreSecretKey: false })).toEqual([
      `moat:objectStoreSecretKey: is not encrypted → take it for known to others; ${how("objectStoreSecretKey")}`,
    ]);
  });

  test("are not asked for with the server in the cluster", () => {
    expect(problems({})).toEqual([]);
  });
});

test("several mistakes are reported at once, those of the shape and those of the meaning", () => {
  const all = problems({
    ...s3,
    clusterName: undefined,
    thanos: { queryReplicas: 0 },
    metrics: { retention: "1h", replicsa: 3 },
    tenants: { "a/b": {}, alpha: { quota: { pods: 0 }, namespaces: ["web", "kube-system"] }, web: {} },
    cluster: { kubeconfig: "/nowhere/kubeconfig" },
  });
  expect(all.map((p) => p.split(": ")[0])).toEqual([
    "moat:clusterName",
    "moat:metrics.replicsa",
    "moat:thanos.queryReplicas",
    "moat:tenants.a/b",
    "moat:tenants.alpha.quota.pods",
    "moat:tenants.web.namespaces",
    "moat:tenants.alpha.namespaces",
    "moat:metrics.retention",
    "moat:objectStoreAccessKey",
    "moat:objectStoreSecretKey",
    "moat:cluster.kubeconfig",
  ]);
});

test("problems are told as one text with a count", () => {
  expect(tell([{ path: "moat:size", reason: "is wrong", mend: "mend it" }])).toBe(
    "1 mistake in the configuration; nothing was created\n  moat:size: is wrong\n    → mend it",
  );
  const two = { path: "p", reason: "r", mend: "m" };
  expect(tell([two, two])).toMatch(/^2 mistakes in the configuration; nothing was created\n/);
});

/** Root may read everything, so it steps down for the moment. */
function asUserWithoutRights<T>(look: () => T): T {
  if (process.geteuid?.() !== 0 || process.seteuid === undefined) return look();
  const nobody = 65_534;
  chmodSync(folder, 0o755);
  process.seteuid(nobody);
  try {
    return look();
  } finally {
    process.seteuid(0);
  }
}
