import { dnsParameter, kubeDns } from "../../../components/cluster/dns";
import { objectLabels, tenantAnnotations } from "../../../components/names";
import { privateRanges } from "../../../components/tenancy/ranges";
import type { ClusterDns } from "../../../config/clusterDns";
import { type Fields, quote, quoteAll, type Rule, type Sample } from "../../rule";
import { sample } from "../../samples";
import { annotation, ownNamespaces } from "../../tenants";

const nameLabel = "kubernetes.io/metadata.name";

/** A label that the peer's namespaces must have. */
const label = (name: string): string => `p.namespaceSelector.?matchLabels[?${quote(name)}].orValue("")`;

/** Whether a peer's namespaces are the tenant's: by their names, or by the tenant's label. */
const own = `(${label(nameLabel)} in variables.namespaces
  || (variables.tenant != "" && ${label(objectLabels.tenant)} == variables.tenant)
  || p.namespaceSelector.?matchExpressions.orValue([]).exists(x, x.key == ${quote(nameLabel)} && x.operator == "In"
    && x.?values.orValue([]).all(n, n in variables.namespaces)))`;

/** Whether all ports of the rule are that of a part of the cluster's DNS. */
const dnsPorts = `size(e.?ports.orValue([])) > 0
    && e.?ports.orValue([]).all(q, string(dyn(q).?port.orValue(0)) == part[1] && !has(q.endPort))`;

/** Whether it is a part of the cluster's DNS, on its port: its pods, */
const dnsPods = `variables.dns.exists(part, ${label(nameLabel)} == part[0]
    && part.filter(x, x.contains("=")).all(x, p.?podSelector.?matchLabels[?x.split("=")[0]].orValue("") == x.split("=")[1])
    && ${dnsPorts})`;

/** or its address. */
const dnsAddress = `variables.dns.exists(part, p.ipBlock.cidr == part[0] && ${dnsPorts})`;

const each = (condition: string): string =>
  `object.?spec.?egress.orValue([]).all(e, e.?to.orValue([]).all(p, ${condition}))`;

const policy = (spec: Fields) =>
  sample("networking.k8s.io/v1/NetworkPolicy", { spec: { podSelector: {}, ...spec } });
const egress = (peer: Fields, more: Fields = {}) =>
  policy({ policyTypes: ["Egress"], egress: [{ to: [peer], ...more }] });
const named = (name: string) => ({ namespaceSelector: { matchLabels: { [nameLabel]: name } } });
const everywhere = { cidr: "0.0.0.0/0", except: privateRanges };
const podsIn = (namespace: string, matchLabels: Fields) => ({
  ...named(namespace),
  podSelector: { matchLabels },
});
const usualDns = podsIn("kube-system", { "k8s-app": "kube-dns" });
const udp = (port: number) => ({ ports: [{ port, protocol: "UDP" }] });

/** The same of a namespace whose cluster has another DNS than the usual one. */
const elsewhere = (dns: ClusterDns, { object }: Sample): Sample => ({
  object,
  parameters: { [tenantAnnotations.dns]: dnsParameter(dns) },
});
const openshift: ClusterDns = {
  pods: [
    {
      namespace: "openshift-dns",
      labels: { "dns.operator.openshift.io/daemonset-dns": "default" },
      port: 5353,
    },
  ],
  addresses: [],
};
const openshiftDns = podsIn("openshift-dns", openshift.pods[0]?.labels ?? {});
const twoLabels: ClusterDns = {
  pods: [{ namespace: "names", labels: { app: "coredns", role: "server" }, port: 8053 }],
  addresses: [],
};
const cached: ClusterDns = { ...kubeDns, addresses: ["169.254.20.10", "fd00::10"] };
const address = (cidr: string, port = 53) => egress({ ipBlock: { cidr } }, udp(port));

export const networkPolicies: Rule = {
  id: "T12a",
  title: "Network policies of tenants open no way out of their walls",
  why: "Policies add up: one more that allows egress leads past the tenant's wall to the platform's back doors, other tenants and the metadata service.",
  severity: "critical",
  references: ["https://kubernetes.io/docs/concepts/services-networking/network-policies/"],
  scope: "tenants",
  platformMay: true,
  on: ["networking.k8s.io/v1/NetworkPolicy"],
  variables: {
    ...ownNamespaces,
    tenant: `namespaceObject.metadata.?labels[?${quote(objectLabels.tenant)}].orValue("")`,
    // Each part of `dnsParameter`: a namespace or an address range, a port, labels.
    dns: `${annotation(tenantAnnotations.dns, quote(dnsParameter(kubeDns)))}.split(",").map(part, part.split(" "))`,
  },
  validations: [
    {
      expression: "object.?spec.?egress.orValue([]).all(e, size(e.?to.orValue([])) > 0)",
      message: "Say in each rule of spec.egress to whom: without that it is everybody.",
    },
    {
      expression: each(`!has(p.ipBlock) || (p.ipBlock.cidr == "0.0.0.0/0"
        && ${quoteAll(privateRanges)}.all(range, range in p.ipBlock.?except.orValue([])))
        || ${dnsAddress}`),
      message: `Leave ipBlock out of egress: public addresses are open without it, and the platform opens private ones by egressCidrs. Allowed is 0.0.0.0/0 except ${privateRanges.join(", ")}, and the cluster's DNS.`,
    },
    {
      expression: each(`!has(p.namespaceSelector) || ${own} || ${dnsPods}`),
      message: `Let the namespaceSelector of egress select namespaces of the tenant by the label ${nameLabel} or ${objectLabels.tenant}, or the cluster's DNS on its port, as the annotation ${tenantAnnotations.dns} of the namespace has it.`,
    },
  ],
  samples: {
    good: [
      policy({ policyTypes: ["Ingress", "Egress"] }),
      policy({ policyTypes: ["Ingress"], ingress: [{}] }),
      egress({ podSelector: { matchLabels: { app: "db" } } }),
      egress(named("alpha")),
      egress({
        namespaceSelector: { matchExpressions: [{ key: nameLabel, operator: "In", values: ["alpha"] }] },
      }),
      egress(usualDns, udp(53)),
      elsewhere(openshift, egress(openshiftDns, udp(5353))),
      elsewhere(twoLabels, egress(podsIn("names", { role: "server", app: "coredns" }), udp(8053))),
      elsewhere(cached, egress(usualDns, udp(53))),
      elsewhere(cached, address("169.254.20.10/32")),
      elsewhere(cached, address("fd00::10/128")),
      egress({ ipBlock: everywhere }),
    ],
    bad: [
      policy({ policyTypes: ["Egress"], egress: [{}] }),
      policy({ policyTypes: ["Egress"], egress: [{ to: [], ports: [{ port: 9090 }] }] }),
      egress({ ipBlock: { cidr: "0.0.0.0/0" } }),
      egress({ ipBlock: { cidr: "169.254.169.254/32" } }),
      egress({ ipBlock: { cidr: "10.1.0.0/16" } }),
      egress({ ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] } }),
      egress({ ipBlock: { cidr: "0.0.0.0/1", except: privateRanges.slice(0, 1) } }),
      egress({ namespaceSelector: {} }),
      egress({ namespaceSelector: { matchLabels: { [objectLabels.role]: "platform" } } }),
      egress(named("moat-system")),
      egress(named("beta")),
      egress({ namespaceSelector: { matchLabels: { [objectLabels.tenant]: "beta" } } }),
      egress({
        namespaceSelector: {
          matchExpressions: [{ key: nameLabel, operator: "NotIn", values: ["alpha"] }],
        },
      }),
      egress({
        namespaceSelector: {
          matchExpressions: [{ key: nameLabel, operator: "In", values: ["alpha", "beta"] }],
        },
      }),
      egress(usualDns),
      egress(usualDns, { ports: [{ port: 53, endPort: 65_535, protocol: "TCP" }] }),
      egress(usualDns, { ports: [{ port: 53 }, { port: 9153 }] }),
      // Not the DNS of this cluster.
      egress(openshiftDns, udp(5353)),
      address("169.254.20.10/32"),
      elsewhere(openshift, egress(usualDns, udp(53))),
      elsewhere(openshift, egress(openshiftDns, udp(53))),
      elsewhere(openshift, egress(podsIn("openshift-dns", {}), udp(5353))),
      elsewhere(twoLabels, egress(podsIn("names", { app: "coredns" }), udp(8053))),
      elsewhere(cached, address("169.254.20.10/32", 80)),
      elsewhere(cached, address("169.254.20.0/24")),
      elsewhere(cached, egress({ ipBlock: { cidr: "169.254.20.10/32" } })),
      egress(named("kube-system"), { ports: [{ port: 53, protocol: "UDP" }] }),
      policy({ policyTypes: ["Egress"], egress: [{ to: [named("alpha"), named("beta")] }] }),
    ],
  },
};
