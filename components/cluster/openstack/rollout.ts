/**
 * Puts the machines up, and replaces them, one after the other: none is touched before the last one does its part. So etcd keeps its
 * majority, and pods have somewhere to go.
 */
import type * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { Authority } from "./authority";
import { type Files, secretFiles } from "./bootstrap";
import type { Entrances } from "./entrances";
import { type MachineArgs, machine } from "./machines";
import type { Node, Role } from "./nodes";
import type { ApiAccess, Awaited, Readiness } from "./readiness";
import { apiPort } from "./securityRules";

export interface RolloutArgs extends Pick<MachineArgs, "cluster" | "config" | "plan" | "keyPair"> {
  readonly nodes: readonly Node[];
  readonly portOf: (node: Node) => openstack.networking.Port;
  readonly hosts: Readonly<Record<Role, openstack.compute.ServerGroup>>;
  readonly dataVolumes: ReadonlyMap<string, openstack.blockstorage.Volume>;
  readonly authority: Authority;
  readonly entrances: Entrances;
  /** cloud.conf of the cluster's controllers. */
  readonly controllersConf: pulumi.Output<string>;
  readonly readiness: Readiness;
}

/** What stands when the last machine is a node. */
export function rollOut(
  name: string,
  args: RolloutArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Input<pulumi.Resource> {
  const access = accessTo(args);
  let previous: pulumi.Input<pulumi.Resource> = args.entrances;
  for (const [i, node] of args.nodes.entries()) {
    const made: openstack.compute.Instance = machine(
      name,
      {
        ...args,
        node,
        port: args.portOf(node),
        hosts: args.hosts[node.role],
        dataVolume: args.dataVolumes.get(node.name),
        secrets: secretsOf(node, args),
      },
      previous,
      opts,
    );
    previous = pulumi.all([access, made.id]).apply(async ([api, id]) => {
      if (!pulumi.runtime.isDryRun()) await args.readiness(api, awaitedOf(node, id, args.nodes[i + 1]));
      return made;
    });
  }
  return previous;
}

/** Servers are always waited for. Agents of a new cluster may come up side by side: there is nothing yet that could be lost. */
export const awaitedOf = (node: Node, machineId: string, next: Node | undefined): Awaited => ({
  name: node.name,
  machine: machineId,
  ...(node.role === "agent" && next !== undefined && { next: next.name }),
});

const accessTo = ({ entrances, authority }: RolloutArgs): pulumi.Output<ApiAccess> =>
  pulumi.output({
    host: entrances.apiAddress,
    port: apiPort,
    ca: authority.serverCa.certificate,
    certificate: authority.administrator.certificate,
    key: authority.administrator.key,
  });

/** What a machine has to know in secret. */
function secretsOf({ name, role }: Node, args: RolloutArgs): pulumi.Output<Files> {
  const { serverCa, clientCa, serverToken, agentToken } = args.authority;
  if (role === "agent")
    return pulumi
      .output({ serverCa: serverCa.certificate, joinToken: agentToken })
      .apply((secrets) => secretFiles({ role, name, ...secrets }));
  return pulumi
    .output({
      serverCa: serverCa.certificate,
      serverCaKey: serverCa.key,
      clientCa: clientCa.certificate,
      clientCaKey: clientCa.key,
      joinToken: serverToken,
      agentToken,
      dataVolume: args.dataVolumes.get(name)?.id ?? "",
      apiAddresses: [args.entrances.apiAddress],
      cloudConf: args.controllersConf,
      cloudCa: args.config.caCertificate,
    })
    .apply((secrets) => secretFiles({ role, name, ...secrets }));
}
