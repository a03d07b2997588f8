/** What a cluster that is there already answers, and what comes of it. */
import { kubeDns } from "../../../../components/cluster/dns";
import type { Answer } from "../../../../components/cluster/existing/ask";
import {
  type Asked,
  type FirstAnswers,
  furtherQuestions,
  judge,
  whyNoAnswer,
} from "../../../../components/cluster/existing/judge";
import { inWords, needed } from "../../../../components/cluster/existing/rights";

const asked: Asked = {
  server: "https://192.0.2.10:6443",
  context: "prod",
  platformNamespace: "moat-system",
  tenants: [],
  crds: "ours",
};
const ok = (body: object, status = 200): Answer => ({ status, body: JSON.stringify(body) });
const refused: Answer = { status: 403, body: "{}" };
const allowed = (yes: boolean): Answer => ok({ status: { allowed: yes } }, 201);
const version = (gitVersion: string): Answer => ok({ gitVersion });
const classes = (...items: { name: string; fallback?: boolean }[]): Answer =>
  ok({
    items: items.map(({ name, fallback = false }) => ({
      metadata: {
        name,
        annotations: fallback ? { "storageclass.kubernetes.io/is-default-class": "true" } : {},
      },
    })),
  });
const daemonSet = (name: string, container: { name: string; args?: string[] } = { name }): Answer =>
  ok({ items: [{ metadata: { name }, spec: { template: { spec: { containers: [container] } } } }] });

const good: FirstAnswers = {
  version: version("v1.34.4"),
  groups: ok({ groups: [{ name: "apps" }, { name: "crd.projectcalico.org" }] }),
  storageClasses: classes({ name: "ssd", fallback: true }),
  daemonSets: ok({ items: [] }),
  embedded: { status: 404, body: "{}" },
  user: ok({ status: { userInfo: { username: "ada" } } }, 201),
  everything: allowed(true),
  dnsServices: ok({
    items: [
      {
        metadata: { name: "kube-dns", namespace: "kube-system" },
        spec: { selector: { "k8s-app": "kube-dns" }, ports: [{ port: 53, targetPort: 53 }] },
      },
    ],
  }),
  openshiftDns: { status: 404, body: "{}" },
};

const verdict = (changes: Partial<FirstAnswers>, storageClass?: string) => {
  const { problems, warnings } = judge({ ...good, ...changes }, { rights: [] }, { ...asked, storageClass });
  return [...problems.map((p) => `${p.path}: ${p.reason} → ${p.mend}`), ...warnings];
};

test("a fit cluster gives no word", () => {
  expect(verdict({})).toEqual([]);
});

describe("the version", () => {
  test.each(["v1.30.0", "v1.34.4", "v1.33.2-eks-1234", "v1.31.5+k3s1", "v1.32.1-gke.1200"])(
    "%s will do",
    (v) => {
      expect(verdict({ version: version(v) })).toEqual([]);
    },
  );

  test.each(["v1.29.14", "v1.9.0", "v1.28.9-gke.1"])("%s is too old", (v) => {
    expect(verdict({ version: version(v) })).toEqual([
      `moat:cluster: Kubernetes ${v} is older than 1.30, which brought the admission policies that hold tenants to the rules → take 1.30 or later; 1.34 is tried`,
    ]);
  });

  test("a later one than is tried gives a warning", () => {
    expect(verdict({ version: version("v1.36.0") })).toEqual([
      "the cluster runs Kubernetes v1.36.0; later ones than 1.34 are not tried yet",
    ]);
  });
});

describe("rights", () => {
  test("an administrator is asked for nothing else", () => {
    expect(furtherQuestions(good, asked)).toEqual({ rights: [] });
  });

  test("others are asked for each, and told of all that they lack at once", () => {
    const first = { ...good, everything: allowed(false) };
    expect(furtherQuestions(first, asked).rights).toHaveLength(needed.length);
    const answers = needed.map(({ resource }) =>
      allowed(!["clusterroles", "customresourcedefinitions"].includes(resource)),
    );
    const { problems } = judge(first, { rights: answers }, asked);
    expect(problems).toEqual([
      {
        path: "moat:cluster.context",
        reason:
          'user "ada" may not, in all namespaces: get, list, watch, create, patch, delete, bind, escalate clusterroles.rbac.authorization.k8s.io; get, list, watch, create, patch, delete, update customresourcedefinitions.apiextensions.k8s.io',
        mend: expect.stringContaining("docs/existing-clusters.md"),
      },
    ]);
  });

  test("no answer is no refusal", () => {
    expect(
      judge({ ...good, everything: refused }, { rights: needed.map(() => refused) }, asked).problems,
    ).toEqual([]);
  });

  test("things of the core group have no suffix", () => {
    expect(inWords([{ group: "", resource: "secrets", verb: "create" }])).toEqual(["create secrets"]);
  });
});

describe("storage", () => {
  test.each<[string, Partial<FirstAnswers>, string | undefined, string[]]>([
    ["the named class", { storageClasses: classes({ name: "ssd" }) }, "ssd", []],
    [
      "another class than the named one",
      { storageClasses: classes({ name: "hdd", fallback: true }) },
      "ssd",
      ['moat:storageClass: the cluster has no storage class "ssd" → take one of: hdd'],
    ],
    [
      "classes, but none by default",
      { storageClasses: classes({ name: "hdd" }, { name: "ssd" }) },
      undefined,
      ["moat:storageClass: is missing, and the cluster has no default storage class → take one of: hdd, ssd"],
    ],
    [
      "none at all",
      { storageClasses: classes() },
      undefined,
      [
        "moat:storageClass: is missing, and the cluster has no default storage class → the cluster has none: install a CSI driver first",
      ],
    ],
    [
      "classes that may not be seen",
      { storageClasses: refused },
      "ssd",
      ["storage classes may not be listed, so it is not known whether volumes will come"],
    ],
  ])("%s", (_, changes, storageClass, expected) => {
    expect(verdict(changes, storageClass)).toEqual(expected);
  });
});

describe("who enforces network policies", () => {
  const none = { groups: ok({ groups: [] }) };
  const agent = (args: string[]) => daemonSet("aws-node", { name: "aws-eks-nodeagent", args });

  test.each<[string, Partial<FirstAnswers>]>([
    ["Cilium, by its kinds", { groups: ok({ groups: [{ name: "cilium.io" }] }) }],
    ["Canal, by its pods", { ...none, daemonSets: daemonSet("rke2-canal") }],
    ["kind's own driver", { ...none, daemonSets: daemonSet("kindnet") }],
    ["Amazon's, switched on", { ...none, daemonSets: agent(["--enable-network-policy=true"]) }],
    ["k3s", { ...none, version: version("v1.34.4+k3s1") }],
    ["that of the embedded cluster", { ...none, embedded: ok({}) }],
  ])("%s is known", (_, changes) => {
    expect(verdict(changes)).toEqual([]);
  });

  test.each<[string, Partial<FirstAnswers>]>([
    ["flannel", { ...none, daemonSets: daemonSet("kube-flannel-ds") }],
    ["Amazon's, switched off", { ...none, daemonSets: agent(["--enable-network-policy=false"]) }],
    ["nobody knows what", { groups: refused, daemonSets: refused }],
  ])("%s gives a warning", (_, changes) => {
    expect(verdict(changes)[0]).toMatch(/^no program is known here that enforces/);
  });
});

describe("the DNS", () => {
  const none: Partial<FirstAnswers> = { dnsServices: ok({ items: [] }) };

  test("is what is found", () => {
    expect(judge(good, { rights: [] }, asked).dns).toEqual(kubeDns);
  });

  test("is what the configuration names, whatever there is", () => {
    const dns = { pods: [], addresses: ["169.254.10.11"] };
    const found = judge({ ...good, ...none }, { rights: [] }, { ...asked, dns });
    expect(found).toEqual({ problems: [], warnings: [], dns });
  });

  test("is an obstacle where it is not known", () => {
    expect(verdict(none)).toEqual([expect.stringMatching(/^moat:cluster\.dns: is missing/)]);
  });
});

describe("the operator's kinds", () => {
  test("are asked for where the cluster knows them, or is to have them", () => {
    const known = { ...good, groups: ok({ groups: [{ name: "monitoring.coreos.com" }] }) };
    expect(furtherQuestions(good, asked).operator).toBeUndefined();
    expect(furtherQuestions(known, asked).operator?.platform.path).toBe("/api/v1/namespaces/moat-system");
    expect(furtherQuestions(good, { ...asked, crds: "theirs" }).operator?.definitions).toHaveLength(5);
  });

  const found = ok({ metadata: { managedFields: [{ manager: "pulumi-kubernetes-1a2b" }] } });
  const operator = {
    definitions: Array<Answer>(5).fill(found),
    deployments: ok({ items: [] }),
    prometheuses: ok({ items: [] }),
  };

  test.each<[string, Answer, number]>([
    ["the environment's own, once it is there", ok({}), 0],
    ["the environment's own, if nobody may say", refused, 0],
    ["another program's, before", { status: 404, body: "{}" }, 1],
  ])("are taken for %s", (_, platform, problems) => {
    const further = { rights: [], operator: { ...operator, platform } };
    expect(judge(good, further, asked).problems).toHaveLength(problems);
  });
});

test("all problems are told at once", () => {
  expect(
    verdict({ version: version("v1.27.1"), storageClasses: classes(), groups: ok({ groups: [] }) }),
  ).toHaveLength(3);
});

describe("a server that does not answer", () => {
  test.each<[Answer, string]>([
    [{ failure: "ECONNREFUSED" }, "cannot be reached: nothing listens there (ECONNREFUSED)"],
    [{ failure: "no answer in 10 s" }, "cannot be reached: no answer in 10 s"],
    [
      { failure: "DEPTH_ZERO_SELF_SIGNED_CERT" },
      "cannot be reached: its certificate is not of the authority that the kubeconfig names (DEPTH_ZERO_SELF_SIGNED_CERT)",
    ],
    [{ status: 401, body: "" }, "does not know these credentials"],
    [{ status: 404, body: "" }, "answers 404 when asked for its version"],
  ])("%j", (answer, reason) => {
    const problem = whyNoAnswer({ ...good, version: answer }, asked);
    expect(problem?.reason).toBe(`the API server https://192.0.2.10:6443 of context "prod" ${reason}`);
  });

  test("one that does is no problem", () => {
    expect(whyNoAnswer(good, asked)).toBeUndefined();
  });

  test("answers that are no JSON, or another, are no answers", () => {
    const strange: Answer = { status: 200, body: "<html>" };
    expect(verdict({ version: strange, storageClasses: strange, everything: strange })).toHaveLength(2);
  });
});
