import { objectLabels } from "../../../components/names";
import { privateRanges } from "../../../components/tenancy/ranges";
import { type Fields, quote, quoteAll, type Rule } from "../../rule";
import { sample } from "../../samples";
import { ownNamespaces } from "../../tenants";

const nameLabel = "kubernetes.io/metadata.name";

/** A label that the peer's namespaces must have. */
const label = (name: string): string => `p.namespaceSelector.?matchLabels[?${quote(name)}].orValue("")`;

/** Whether a peer's namespaces are the tenant's: by their names, or by the tenant's label. */
const own = `(${label(nameLabel)} in variables.namespaces
  || (variables.tenant != "" && ${label(objectLabels.tenant)} == variables.tenant)
  || p.namespaceSelector.?matchExpressions.orValue([]).exists(x, x.key == ${quote(nameLabel)} && x.operator == "In"
    && x.?values.orValue([]).all(n, n in variables.namespaces)))`;

/** Whether it is the cluster's DNS, on its port. */
const dns = `(${label(nameLabel)} == "kube-system"
  && p.?podSelector.?matchLabels[?"k8s-app"].orValue("") == "kube-dns"
  && size(e.?ports.orValue([])) > 0
  && e.?ports.orValue([]).all(q, dyn(q).?port.orValue(0) == 53 && !has(q.endPort)))`;

const each = (condition: string): string =>
  `object.?spec.?egress.orValue([]).all(e, e.?to.orValue([]).all(p, ${condition}))`;

const policy = (spec: Fields) =>
  sample("networking.k8s.io/v1/NetworkPolicy", { spec: { podSelector: {}, ...spec } });
const egress = (peer: Fields, more: Fields = {}) =>
  policy({ policyTypes: ["Egress"], egress: [{ to: [peer], ...more }] });
const named = (name: string) => ({ namespaceSelector: { matchLabels: { [nameLabel]: name } } });
const everywhere = { cidr: "0.0.0.0/0", except: privateRanges };
const kubeDns = { ...named("kube-system"), podSelector: { matchLabels: { "k8s-app": "kube-dns" } } };

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
  },
  validations: [
    {
      expression: "object.?spec.?egress.orValue([]).all(e, size(e.?to.orValue([])) > 0)",
      message: "Say in each rule of spec.egress to whom: without that it is everybody.",
    },
    {
      expression: each(`!has(p.ipBlock) || (p.ipBlock.cidr == "0.0.0.0/0"
        && ${quoteAll(privateRanges)}.all(range, range in p.ipBlock.?except.orValue([])))`),
      message: `Leave ipBlock out of egress: public addresses are open without it, and the platform opens private ones by egressCidrs. Allowed is 0.0.0.0/0 except ${privateRanges.join(", ")}.`,
    },
    {
      expression: each(`!has(p.namespaceSelector) || ${own} || ${dns}`),
      message: `Let the namespaceSelector of egress select namespaces of the tenant by the label ${nameLabel} or ${objectLabels.tenant}, or the cluster's DNS on port 53.`,
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
      egress(kubeDns, { ports: [{ port: 53, protocol: "UDP" }] }),
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
      egress(kubeDns),
      egress(kubeDns, { ports: [{ port: 53, endPort: 65_535, protocol: "TCP" }] }),
      egress(named("kube-system"), { ports: [{ port: 53, protocol: "UDP" }] }),
      policy({ policyTypes: ["Egress"], egress: [{ to: [named("alpha"), named("beta")] }] }),
    ],
  },
};
