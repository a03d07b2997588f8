/** Whether something on a cluster holds traffic to its NetworkPolicies. Pure. Kubernetes does not say, so this knows the usual programs. */
import { z } from "zod";
import { containersOf, type Workload } from "./workloads";

/** API groups that come with a network driver which enforces them. */
const groups = ["crd.projectcalico.org", "cilium.io", "crd.antrea.io", "k8s.ovn.org"];

/** Names of DaemonSets of such drivers. */
const drivers = [
  "calico-node",
  "canal",
  "rke2-canal",
  "cilium",
  "antrea-agent",
  "kube-router",
  "ovnkube-node",
  "weave-net",
  "azure-npm",
  // Google's data plane V2.
  "anetd",
  // That of kind, since 0.24.
  "kindnet",
];

export const groupList = z.object({ groups: z.array(z.object({ name: z.string() })) });

export interface Signs {
  /** As the server tells it: `v1.34.4+k3s1`. */
  readonly version: string;
  readonly groups: z.output<typeof groupList> | undefined;
  readonly daemonSets: readonly Workload[] | undefined;
  /** The role of the enforcer of the embedded cluster is there; it runs beside the cluster, so nothing else shows. */
  readonly embedded: boolean;
}

/** True where a program is known to enforce them; false says only that none is known. */
export function seemsEnforced({ version, groups: found, daemonSets: sets, embedded }: Signs): boolean {
  // k3s has kube-router inside.
  if (embedded || version.includes("+k3s")) return true;
  if (found?.groups.some(({ name }) => groups.includes(name))) return true;
  return (sets ?? []).some((set) => drivers.includes(set.metadata.name) || isAmazonsAgent(set));
}

/** Amazon's driver does, where its agent was told to. */
const isAmazonsAgent = (set: Workload): boolean =>
  containersOf(set).some(
    ({ name, args }) =>
      name === "aws-eks-nodeagent" && args?.includes("--enable-network-policy=true") === true,
  );
