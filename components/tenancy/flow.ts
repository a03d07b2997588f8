/** One allowed flow inside the platform: who may talk to whom, on which ports. */
import type { ProgramName } from "../names";

export interface Flow {
  readonly from: Source;
  readonly to: Peer;
  readonly ports: readonly number[];
}

/**
 * A program of the platform, or one of the parties outside it:
 * `tenants`: pods of tenants; `world`: anyone, as for the edge; `kubernetesApi`: the API server; `dns`: the cluster's DNS;
 * `apiServerCalls`: the API server where it asks a webhook. It comes from a node, from that node's end of an overlay, through a proxy's pod
 * or from outside, and no policy names all of these: whoever gets there by walls of its own gets in;
 * `objectStore`: the bucket's endpoint when it is not in the cluster, and who lets programs in there;
 * `internet`: any address but those of the metadata service;
 * `podIdentityAgent`: the agent on each node of an EKS cluster, which hands out the role of a pod's service account; `cidrs`: the ranges
 * that the configuration names.
 */
export type Peer =
  | ProgramName
  | "tenants"
  | "world"
  | "kubernetesApi"
  | "apiServerCalls"
  | "dns"
  | "objectStore"
  | "internet"
  | "podIdentityAgent"
  | { readonly cidrs: readonly string[] };

/** Whoever may begin a flow: the cluster's DNS only answers. */
export type Source = Exclude<Peer, "dns">;

export const flow = (from: Source | readonly Source[], to: Peer, ...numbers: number[]): Flow[] =>
  [from].flat().map((f) => ({ from: f, to, ports: numbers }));

/** The service port and the port behind it: policies see the latter on most networks, the former on some. */
export function apiPorts(): number[] {
  return [443, 6443];
}
