/** Rules that look at several fields at once. Each returns the problems that it finds. */
import type { Problem } from "./problems";
import { toSeconds } from "./quantities";
import type { ParsedConfig } from "./schema";

type Rule = (config: ParsedConfig) => Problem[];

/** Namespaces of a tenant: those it names, or one with its own name. */
export const namespacesOf = (
  name: string,
  tenant: { readonly namespaces?: readonly string[] | undefined },
): readonly string[] => tenant.namespaces ?? [name];

const clusterNamespaces = new Set(["default", "kube-system", "kube-public", "kube-node-lease"]);

const namespacesBelongToOneTenant: Rule = ({ tenants }) => {
  const owner = new Map<string, string>();
  const problems: Problem[] = [];
  for (const [name, tenant] of Object.entries(tenants)) {
    for (const namespace of namespacesOf(name, tenant)) {
      const other = owner.get(namespace);
      if (other !== undefined) {
        problems.push({
          path: `moat:tenants.${name}.namespaces`,
          reason:
            other === name
              ? `names "${namespace}" twice`
              : `"${namespace}" belongs to tenant "${other}" already`,
          mend: "give every namespace to one tenant, once: who owns it can read all of its metrics",
        });
      } else owner.set(namespace, name);
    }
  }
  return problems;
};

const tenantsKeepOffThePlatform: Rule = ({ tenants, platformNamespace }) =>
  Object.entries(tenants).flatMap(([name, tenant]) =>
    namespacesOf(name, tenant)
      .filter((n) => n === platformNamespace || n.startsWith("kube-") || clusterNamespaces.has(n))
      .map((n) => ({
        path: `moat:tenants.${name}.namespaces`,
        reason: `"${n}" is a namespace of the platform or of Kubernetes itself`,
        mend: "choose a namespace of the tenant's own",
      })),
  );

const platformIsNotAClusterNamespace: Rule = ({ platformNamespace }) =>
  platformNamespace.startsWith("kube-") || clusterNamespaces.has(platformNamespace)
    ? [
        {
          path: "moat:platformNamespace",
          reason: `"${platformNamespace}" belongs to Kubernetes`,
          mend: "choose a namespace of its own, such as moat-system",
        },
      ]
    : [];

/** Each first duration must be at least as long as the second. */
const orders: readonly {
  path: string;
  least: (c: ParsedConfig) => string;
  value: (c: ParsedConfig) => string;
  why: string;
}[] = [
  {
    path: "moat:metrics.retention",
    value: (c) => c.metrics.retention,
    least: (c) => c.metrics.blockDuration,
    why: "Prometheus would drop samples before a block of them is cut and uploaded",
  },
  {
    path: "moat:thanos.retention.raw",
    value: (c) => c.thanos.retention.raw,
    least: (c) => c.metrics.blockDuration,
    why: "a block would expire as soon as it is uploaded",
  },
  {
    // https://thanos.io/tip/components/compact.md/#downsampling: 5m samples are made of raw blocks that span 40 hours
    path: "moat:thanos.retention.raw",
    value: (c) => c.thanos.retention.raw,
    least: () => "40h",
    why: "Thanos makes 5-minute samples only of raw data that is 40 hours old, so there would be none",
  },
  {
    // the same page: 1h samples are made of 5m blocks that span 10 days
    path: "moat:thanos.retention.fiveMinutes",
    value: (c) => c.thanos.retention.fiveMinutes,
    least: () => "10d",
    why: "Thanos makes 1-hour samples only of 5-minute data that is 10 days old, so there would be none",
  },
];

const retentionsAreLongEnough: Rule = (config) =>
  orders
    .filter(({ value, least }) => toSeconds(value(config)) < toSeconds(least(config)))
    .map(({ path, value, least, why }) => ({
      path,
      reason: `${value(config)} is shorter than ${least(config)}: ${why}`,
      mend: `set ${least(config)} or more`,
    }));

/** Every rule; `config.ts` runs them all and reports all that they find. */
export const rules: readonly Rule[] = [
  namespacesBelongToOneTenant,
  tenantsKeepOffThePlatform,
  platformIsNotAClusterNamespace,
  retentionsAreLongEnough,
];
