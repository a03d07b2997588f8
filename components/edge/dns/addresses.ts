/** Where clients reach the edge. */
import * as pulumi from "@pulumi/pulumi";

export interface AddressSources {
  /** Of the configuration. */
  readonly configured?: readonly string[] | undefined;
  /** Of the machines that the environment made for the edge. */
  readonly ofCluster?: readonly pulumi.Output<string>[] | undefined;
  /** Of the load balancer that the cluster made for the edge's Service; empty when it made none. */
  readonly ofLoadBalancer: pulumi.Output<readonly string[]>;
}

/** What was said beats what was found; addresses that stay, of machines, beat those of a Service. */
export function edgeAddresses({
  configured,
  ofCluster = [],
  ofLoadBalancer,
}: AddressSources): pulumi.Output<readonly string[]> {
  if (configured !== undefined) return pulumi.output([...configured]);
  return ofCluster.length > 0 ? pulumi.all([...ofCluster]) : ofLoadBalancer;
}
