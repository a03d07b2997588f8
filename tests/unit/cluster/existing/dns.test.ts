/** What a cluster shows of its DNS, and what the walls open of it. */
import { dnsEgress, dnsParameter, kubeDns } from "../../../../components/cluster/dns";
import type { Answer } from "../../../../components/cluster/existing/ask";
import { findDns } from "../../../../components/cluster/existing/dns";
import { workloads } from "../../../../components/cluster/existing/workloads";

const ok = (body: object): Answer => ({ status: 200, body: JSON.stringify(body) });
const missing: Answer = { status: 404, body: "{}" };
const refused: Answer = { status: 403, body: "{}" };

const service = (
  namespace: string,
  selector: Readonly<Record<string, string>> | undefined,
  targetPort: number | string = 53,
) => ({
  metadata: { name: "dns", namespace },
  spec: {
    selector,
    ports: [
      { name: "metrics", port: 9153, targetPort: 9153 },
      { name: "dns", port: 53, protocol: "UDP", targetPort },
    ],
  },
});
const labels = { "k8s-app": "kube-dns" };
const usual = service("kube-system", labels);
const services = (...items: object[]): Answer => ok({ items });

const daemonSet = (
  metadata: { readonly name: string; readonly namespace: string },
  podLabels: Readonly<Record<string, string>>,
  container: object,
) => ({
  metadata,
  spec: {
    template: { metadata: { labels: podLabels }, spec: { containers: [{ name: "c", ...container }] } },
  },
});
const cache = { "k8s-app": "node-local-dns" };
const nodeLocal = (
  args: readonly string[],
  name = "node-local-dns",
  podLabels: Record<string, string> = cache,
) => daemonSet({ name, namespace: "kube-system" }, podLabels, { args });

const find = (found: { dnsServices?: Answer; openshiftDns?: Answer }, daemonSets: readonly object[] = []) =>
  findDns(
    { dnsServices: services(usual), openshiftDns: missing, ...found },
    workloads.parse({ items: daemonSets }).items,
  );

const cachePods = { namespace: "kube-system", labels: cache, port: 53 };

describe("it is known", () => {
  test("as CoreDNS where most have it", () => {
    expect(find({})).toEqual({ dns: kubeDns, warnings: [] });
  });

  test("behind several Services, once", () => {
    expect(find({ dnsServices: services(usual, service("kube-system", labels)) }).dns).toEqual(kubeDns);
  });

  test("on another port than its Service's, as Gardener has it", () => {
    expect(find({ dnsServices: services(service("kube-system", labels, 8053)) }).dns.pods).toEqual([
      { namespace: "kube-system", labels, port: 8053 },
    ]);
  });

  test("in OpenShift, whose Service names the port", () => {
    const selector = { "dns.operator.openshift.io/daemonset-dns": "default" };
    const set = daemonSet(
      { name: "dns-default", namespace: "openshift-dns" },
      { ...selector, x: "y" },
      {
        ports: [
          { name: "metrics", containerPort: 9154 },
          { name: "dns", containerPort: 5353 },
        ],
      },
    );
    const answers = {
      dnsServices: services(),
      openshiftDns: ok(service("openshift-dns", selector, "dns")),
    };
    expect(find(answers, [set]).dns).toEqual({
      pods: [{ namespace: "openshift-dns", labels: selector, port: 5353 }],
      addresses: [],
    });
  });

  test.each<[string, object, string[]]>([
    ["its address alone", nodeLocal(["-localip", "169.254.20.10", "-conf", "x"]), ["169.254.20.10"]],
    [
      "that of the Service as well",
      nodeLocal(["-localip=169.254.20.10,10.96.0.10"]),
      ["10.96.0.10", "169.254.20.10"],
    ],
    ["another", nodeLocal(["--localip", "169.254.25.10"], "nodelocaldns"), ["169.254.25.10"]],
    ["none that is one", nodeLocal(["-localip", "$(LOCAL_IP)"]), ["169.254.20.10"]],
  ])("behind a cache on every node that names %s", (_, set, addresses) => {
    expect(find({}, [set])).toEqual({
      dns: { pods: [...kubeDns.pods, cachePods], addresses },
      warnings: [],
    });
  });

  test("behind a cache with labels of its own", () => {
    const set = nodeLocal(["-localip", "169.254.20.10"], "cache", { app: "cache" });
    expect(find({}, [set]).dns).toEqual({ ...kubeDns, addresses: ["169.254.20.10"] });
  });

  test("alike in whatever order the server lists it", () => {
    const all = [
      nodeLocal(["-localip", "169.254.20.10"]),
      nodeLocal(["-localip", "169.254.20.11"], "second"),
    ];
    const two = [usual, service("kube-system", { app: "coredns" })];
    expect(find({ dnsServices: services(...two) }, all)).toEqual(
      find({ dnsServices: services(...two.toReversed()) }, all.toReversed()),
    );
  });
});

describe("it is not believed", () => {
  const reason = "no Service with the label k8s-app=kube-dns in kube-system leads to pods";

  test.each<[string, Answer, string]>([
    ["no Service", services(), reason],
    ["one without pods", services(service("kube-system", undefined)), reason],
    ["one of somebody", services(service("team-a", labels)), `${reason}; one with that label is in team-a`],
  ])("%s", (_, dnsServices, expected) => {
    const { dns, problems } = find({ dnsServices });
    expect(dns).toEqual(kubeDns);
    expect(problems).toMatchObject([{ path: "moat:cluster.dns", reason: expect.stringContaining(expected) }]);
    expect(problems?.[0]?.reason.endsWith(expected)).toBe(true);
  });

  test("a cache that somebody runs in a namespace of his own", () => {
    const set = daemonSet({ name: "node-local-dns", namespace: "team-a" }, cache, {
      args: ["-localip", "10.1.2.3"],
    });
    expect(find({}, [set]).dns).toEqual(kubeDns);
  });
});

test.each<[string, Parameters<typeof findDns>]>([
  ["Services", [{ dnsServices: refused, openshiftDns: refused }, []]],
  ["DaemonSets", [{ dnsServices: services(usual), openshiftDns: missing }, undefined]],
])("where %s may not be listed it is the usual one, with a warning", (what, args) => {
  expect(findDns(...args)).toEqual({
    dns: kubeDns,
    warnings: [expect.stringContaining(`${what} may not be listed`)],
  });
});

test("walls open each part on its port, and admission is told the same", () => {
  const dns = {
    pods: [{ namespace: "names", labels: { app: "coredns", role: "server" }, port: 5353 }],
    addresses: ["169.254.20.10", "fd00::10"],
  };
  const both = (port: number) => [
    { port, protocol: "UDP" },
    { port, protocol: "TCP" },
  ];
  expect(dnsEgress(dns)).toEqual([
    {
      to: [
        {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "names" } },
          podSelector: { matchLabels: { app: "coredns", role: "server" } },
        },
      ],
      ports: both(5353),
    },
    {
      to: [{ ipBlock: { cidr: "169.254.20.10/32" } }, { ipBlock: { cidr: "fd00::10/128" } }],
      ports: both(53),
    },
  ]);
  expect(dnsParameter(dns)).toBe("names 5353 app=coredns role=server,169.254.20.10/32 53,fd00::10/128 53");
});
