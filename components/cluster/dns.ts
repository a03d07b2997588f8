/** The cluster's DNS, as the walls open it and as admission lets tenants open it. Pure. */
import type { types } from "@pulumi/kubernetes";
import type { ClusterDns } from "../../config/clusterDns";

type EgressRule = types.input.networking.v1.NetworkPolicyEgressRule;

/** Where it is by convention: CoreDNS of kubeadm, k3s, EKS, GKE, AKS and others. */
export const kubeDns: ClusterDns = {
  pods: [{ namespace: "kube-system", labels: { "k8s-app": "kube-dns" }, port: 53 }],
  addresses: [],
};

/** Label that Kubernetes puts on every namespace. */
const namespaceName = "kubernetes.io/metadata.name";

/** Port on which addresses are asked. */
const addressPort = 53;

/** What a wall opens for whoever asks for names. */
export const dnsEgress = ({ pods, addresses }: ClusterDns): EgressRule[] => [
  ...pods.map(({ namespace, labels, port }) => ({
    to: [
      {
        namespaceSelector: { matchLabels: { [namespaceName]: namespace } },
        podSelector: { matchLabels: labels },
      },
    ],
    ports: bothProtocols(port),
  })),
  ...(addresses.length === 0
    ? []
    : [{ to: addresses.map((a) => ({ ipBlock: { cidr: rangeOf(a) } })), ports: bothProtocols(addressPort) }]),
];

const bothProtocols = (port: number) => [
  { port, protocol: "UDP" },
  { port, protocol: "TCP" },
];

const rangeOf = (address: string): string => `${address}/${address.includes(":") ? 128 : 32}`;

/**
 * The same as one text, for rules in CEL: `kube-system 53 k8s-app=kube-dns,169.254.20.10/32 53`. Each part is a namespace or an address
 * range, a port, and the labels of the pods.
 */
export const dnsParameter = ({ pods, addresses }: ClusterDns): string =>
  [
    ...pods.map(({ namespace, labels, port }) =>
      [namespace, port, ...Object.entries(labels).map(([key, value]) => `${key}=${value}`)].join(" "),
    ),
    ...addresses.map((address) => `${rangeOf(address)} ${addressPort}`),
  ].join(",");
