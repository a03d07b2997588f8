/** What a node is made of. Pure. */
import type { EksClusterConfig } from "../../../config/eksCluster";

export type Architecture = "x86_64" | "arm64";

/** Families with a `g` after their generation have Graviton: m7g, c7gn, im4gn; g5 has not. a1 was the first. */
export const architectureOf = (instanceType: string): Architecture =>
  /^(a1|[a-z]+\d+g[a-z]*)\./.test(instanceType) ? "arm64" : "x86_64";

/** Kind of machine image, as EKS calls it. */
export function amiTypeOf({ system, instanceTypes }: EksClusterConfig["nodes"]): string {
  const arm = instanceTypes.some((type) => architectureOf(type) === "arm64");
  if (system === "bottlerocket") return arm ? "BOTTLEROCKET_ARM_64" : "BOTTLEROCKET_x86_64";
  return arm ? "AL2023_ARM_64_STANDARD" : "AL2023_x86_64_STANDARD";
}

export interface Disk {
  readonly device: string;
  readonly gibibytes: number;
}

/** Bottlerocket has its own files, which never change, on a small disk of their own: https://bottlerocket.dev/en/faq */
const bottlerocketSystem: Disk = { device: "/dev/xvda", gibibytes: 4 };

export const disksOf = ({ system, volume }: EksClusterConfig["nodes"]): readonly Disk[] =>
  system === "bottlerocket"
    ? [bottlerocketSystem, { device: "/dev/xvdb", gibibytes: volume }]
    : [{ device: "/dev/xvda", gibibytes: volume }];
