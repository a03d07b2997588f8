/** Who writes in tenants' namespaces: their authors, and everybody who has one of Kubernetes' own roles there. */
import { z } from "zod";
import { everything } from "../components/cluster/existing/rights";
import { authorRole, objectLabels } from "../components/names";
import { grants, kubernetesRoles, withheld } from "../components/tenancy/authors";
import { kubectl } from "./cluster/kubectl";
import { table } from "./progress";

const listOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });
const texts = z.array(z.string()).optional();

const namespaces = listOf(
  z.object({ metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()) }) }),
);
const roles = listOf(
  z.object({
    metadata: z.object({ name: z.string() }),
    rules: z
      .array(
        z.object({ apiGroups: texts, resources: texts, resourceNames: texts, verbs: z.array(z.string()) }),
      )
      .nullish(),
  }),
);
const bindings = listOf(
  z.object({
    metadata: z.object({ namespace: z.string().optional() }),
    roleRef: z.object({ kind: z.string(), name: z.string() }),
    subjects: z
      .array(z.object({ kind: z.string(), name: z.string(), namespace: z.string().optional() }))
      .nullish(),
  }),
);

type ItemOf<T extends z.ZodType<{ items: unknown[] }>> = z.output<T>["items"][number];
type Subject = NonNullable<ItemOf<typeof bindings>["subjects"]>[number];

/** What the cluster says of it. */
export interface Seen {
  readonly namespaces: readonly ItemOf<typeof namespaces>[];
  /** Kubernetes' own roles. */
  readonly roles: readonly ItemOf<typeof roles>[];
  readonly bindings: readonly ItemOf<typeof bindings>[];
}

export async function seeWriters(): Promise<Seen> {
  const get = async <T>(shape: z.ZodType<{ items: T[] }>, ...what: string[]): Promise<T[]> =>
    shape.parse(JSON.parse(await kubectl("get", ...what, "-o", "json"))).items;
  const [spaces, own, bound] = await Promise.all([
    get(namespaces, "namespaces", "-l", `${objectLabels.role}=tenant`),
    get(roles, "clusterroles", ...kubernetesRoles),
    get(bindings, "rolebindings,clusterrolebindings", "-A"),
  ]);
  return { namespaces: spaces, roles: own, bindings: bound };
}

/** A row for each tenant, and a warning for everybody with one of Kubernetes' own roles in one's namespaces. */
export const writersTable = (seen: Seen): string =>
  [table([["TENANT", "WHO WRITES"], ...authors(seen)]), ...warnings(seen)].join("\n");

function authors({ namespaces: spaces, bindings: all }: Seen): [string, string][] {
  const tenants = new Map<string, Set<string>>();
  for (const { metadata } of spaces) {
    const tenant = metadata.labels[objectLabels.tenant] ?? metadata.name;
    const names = all
      .filter((b) => b.metadata.namespace === metadata.name && b.roleRef.name === authorRole.name)
      .flatMap((b) => (b.subjects ?? []).map(inWords));
    tenants.set(tenant, new Set([...(tenants.get(tenant) ?? []), ...names]));
  }
  return [...tenants].map(([tenant, names]) => [tenant, [...names].join(", ") || "nobody"]);
}

function warnings({ namespaces: spaces, roles: own, bindings: all }: Seen): string[] {
  const tenants = new Set(spaces.map(({ metadata }) => metadata.name));
  return own.flatMap(({ metadata: { name: role }, rules }) => {
    const places = new Map<string, string[]>();
    for (const { metadata, roleRef, subjects } of all) {
      if (roleRef.kind !== "ClusterRole" || roleRef.name !== role) continue;
      const { namespace } = metadata;
      const who =
        namespace === undefined ? (subjects ?? []).filter(isPerson) : tenants.has(namespace) ? subjects : [];
      for (const name of (who ?? []).map(inWords))
        places.set(name, [...(places.get(name) ?? []), namespace ?? "every namespace"]);
    }
    return [...places].map(
      ([who, where]) =>
        `warning: ${who} has ${role} in ${where.join(", ")}, which adds ${added(rules ?? [])}`,
    );
  });
}

/** Accounts and groups of the cluster itself have rights everywhere, and nobody of a tenant is one of them. */
const isPerson = ({ kind, name }: Subject): boolean =>
  kind !== "ServiceAccount" && !name.startsWith("system:");

const inWords = ({ kind, name, namespace = "" }: Subject): string =>
  kind === "ServiceAccount" ? `account ${namespace}/${name}` : `${kind.toLowerCase()} ${name}`;

/** What of that which authors do not get the rules of a role give. */
function added(rules: Parameters<typeof grants>[0]): string {
  if (grants(rules, everything)) return "everything";
  const rights = withheld.flatMap((entry) => entry.rights).filter((right) => grants(rules, right));
  const names = rights.map(({ resource, verb }) =>
    verb === "impersonate" ? `${verb} ${resource}` : resource,
  );
  return names.join(", ") || "nothing that authors lack on purpose";
}
