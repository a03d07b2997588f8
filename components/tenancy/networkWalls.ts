/**
 * Network walls. The platform's namespace is closed; each program has one policy that opens exactly its flows of flows.ts. A tenant's
 * namespace talks to itself, to the read gateway and to public addresses, and is scraped by the tenants' Prometheus.
 */

import type { types } from "@pulumi/kubernetes";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { TenantConfig } from "../../config";
import type { ClusterDns } from "../../config/clusterDns";
import { dnsEgress, kubeDns } from "../cluster/dns";
import { prometheusPodSelector } from "../metrics/prometheus";
import { edgePrograms, objectLabels, ports, programs, selectorLabels } from "../names";
import type { Flow, Source } from "./flow";
import { type FlowsConfig, flows } from "./flows";
import { metadataService, podIdentityAgent, privateRanges } from "./ranges";

type PolicySpec = types.input.networking.v1.NetworkPolicySpec;
type PolicyPeer = types.input.networking.v1.NetworkPolicyPeer;
type IngressRule = types.input.networking.v1.NetworkPolicyIngressRule;
type EgressRule = types.input.networking.v1.NetworkPolicyEgressRule;
type PolicyPort = types.input.networking.v1.NetworkPolicyPort;

export interface NetworkWallsArgs {
  readonly namespace: string;
  /** What the flows depend on. */
  readonly config: FlowsConfig;
  /** Address ranges of the API server. */
  readonly apiCidrs: readonly string[];
  /** The cluster's DNS. Default: the pods `k8s-app=kube-dns` of `kube-system`. */
  readonly dns?: ClusterDns | undefined;
}

export class NetworkWalls extends pulumi.ComponentResource {
  constructor(name: string, args: NetworkWallsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:tenancy:NetworkWalls", name, {}, opts);
    const policy = (part: string, spec: PolicySpec) =>
      new kubernetes.networking.v1.NetworkPolicy(
        `${name}-${part}`,
        { metadata: { name: part, namespace: args.namespace }, spec },
        { parent: this },
      );
    policy("default-deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    const table = flows(args.config);
    for (const program of [...Object.values(programs), ...Object.values(edgePrograms)]) {
      const wall = programWall(program, table, args.apiCidrs, args.dns);
      if (wall !== undefined) policy(program, wall);
    }
    this.registerOutputs({});
  }
}

/** The policy of one program: its lines of the table, as target and as source. Undefined when it has none. */
export function programWall(
  program: string,
  table: readonly Flow[],
  apiCidrs: readonly string[],
  dns: ClusterDns = kubeDns,
): PolicySpec | undefined {
  const inward = table.filter((f) => f.to === program);
  const outward = table.filter((f) => f.from === program);
  if (inward.length + outward.length === 0) return undefined;
  return {
    podSelector: { matchLabels: podsOf(program) },
    policyTypes: ["Ingress", "Egress"],
    ingress: inward.map((f) => inwardRule(f, apiCidrs)),
    egress: outward.flatMap((f) => outwardRules(f, apiCidrs, dns)),
  };
}

/** Without peers a rule is for everybody. */
const inwardRule = (f: Flow, apiCidrs: readonly string[]): IngressRule => ({
  ...(f.from === "apiServerCalls" ? {} : { from: peers(f.from, apiCidrs) }),
  ports: portList(f),
});

/** Who answers for names is not the same in every cluster, and listens on ports of its own. */
const outwardRules = (f: Flow, apiCidrs: readonly string[], dns: ClusterDns): EgressRule[] =>
  f.to === "dns" ? dnsEgress(dns) : [{ to: peers(f.to, apiCidrs), ports: portList(f) }];

/** Labels of a program's pods. The operator names those of Prometheus its own way. */
const podsOf = (program: string): Record<string, string> =>
  program === programs.tenantPrometheus || program === programs.platformPrometheus
    ? prometheusPodSelector(program)
    : selectorLabels(program);

function peers(peer: Source, apiCidrs: readonly string[]): PolicyPeer[] {
  if (typeof peer === "object") return rangePeers(peer.cidrs);
  switch (peer) {
    case "tenants":
      return [{ namespaceSelector: { matchLabels: { [objectLabels.role]: "tenant" } } }];
    case "world":
      return [{ ipBlock: { cidr: "0.0.0.0/0" } }];
    case "objectStore":
    case "internet":
      return [{ ipBlock: { cidr: "0.0.0.0/0", except: [metadataService] } }];
    case "podIdentityAgent":
      return [{ ipBlock: { cidr: podIdentityAgent } }];
    case "kubernetesApi":
      return rangePeers(apiCidrs);
    default:
      return [{ podSelector: { matchLabels: podsOf(peer) } }];
  }
}

const rangePeers = (cidrs: readonly string[]): PolicyPeer[] =>
  cidrs.map((cidr) => ({
    ipBlock: cidr === "0.0.0.0/0" ? { cidr, except: [metadataService] } : { cidr },
  }));

const portList = (f: Flow): PolicyPort[] => f.ports.map((port) => ({ port, protocol: "TCP" }));

/** The wall around each of a tenant's namespaces. */
export function tenantWall(
  tenant: TenantConfig,
  platformNamespace: string,
  dns: ClusterDns = kubeDns,
): PolicySpec {
  const platform = { matchLabels: { "kubernetes.io/metadata.name": platformNamespace } };
  const own = { namespaceSelector: { matchLabels: { [objectLabels.tenant]: tenant.name } } };
  return {
    podSelector: {},
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      { from: [own] },
      {
        from: [
          { namespaceSelector: platform, podSelector: { matchLabels: podsOf(programs.tenantPrometheus) } },
        ],
      },
    ],
    egress: [
      { to: [own] },
      ...dnsEgress(dns),
      {
        to: [{ namespaceSelector: platform, podSelector: { matchLabels: podsOf(programs.readGateway) } }],
        ports: [{ port: ports.readGateway, protocol: "TCP" }],
      },
      {
        to: [
          { ipBlock: { cidr: "0.0.0.0/0", except: privateRanges } },
          ...tenant.egressCidrs.map((cidr) => ({ ipBlock: { cidr } })),
        ],
      },
    ],
  };
}
