/** Rules that look at several fields at once, or at what a value means. Each returns the problems that it finds. */

import { edgeRules } from "./edgeRules";
import { eksRules } from "./eksRules";
import { grafanaRules } from "./grafanaRules";
import { magnumRules } from "./magnumRules";
import { openstackRules } from "./openstackRules";
import type { Problem } from "./problems";
import { overlap, toBytes, toSeconds } from "./quantities";
import { mirrorsAreOfImages } from "./registryMirrors";
import { regionIsTheEndpoints } from "./s3Region";
import type { WellFormed } from "./shape";

export type Rule = (config: WellFormed) => Problem[];

/** Namespaces of a tenant: those it names, or one with its own name. */
export const namespacesOf = (
  name: string,
  tenant: { readonly namespaces?: readonly string[] | undefined },
): readonly string[] => tenant.namespaces ?? [name];

/** A namespace that belongs to Kubernetes or to everybody. */
const isClusterNamespace = (name: string): boolean => name.startsWith("kube-") || name === "default";

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
      .filter((n) => n === platformNamespace || isClusterNamespace(n))
      .map((n) => ({
        path: `moat:tenants.${name}.namespaces`,
        reason: `"${n}" is a namespace of the platform or of Kubernetes itself`,
        mend: "choose a namespace of the tenant's own",
      })),
  );

/** What Thanos calls a request that names no tenant (pkg/tenancy: DefaultTenant). The guards answer nobody who asks for it. */
const thanosDefaultTenant = "default-tenant";

const tenantsAreNotTheDefault: Rule = ({ tenants }) =>
  Object.entries(tenants)
    .filter(([name, tenant]) => namespacesOf(name, tenant).includes(thanosDefaultTenant))
    .map(([name]) => ({
      path: `moat:tenants.${name}.namespaces`,
      reason: `"${thanosDefaultTenant}" stands for no tenant in Thanos, so its series can be read by nobody`,
      mend: "choose another name for the namespace",
    }));

const platformIsNotAClusterNamespace: Rule = ({ platformNamespace }) =>
  isClusterNamespace(platformNamespace)
    ? [
        {
          path: "moat:platformNamespace",
          reason: `"${platformNamespace}" belongs to Kubernetes`,
          mend: "choose a namespace of its own, such as moat-system",
        },
      ]
    : [];

/**
 * Kubernetes puts everyone into some groups: all accounts, all strangers. A grant to such a group is a grant to every tenant. The
 * accounts of one namespace (`system:serviceaccounts:<namespace>`) and one account (`system:serviceaccount:<namespace>:<name>`) are
 * somebody in particular.
 */
const isEverybody = (subject: string): boolean =>
  subject.startsWith("system:") && !/^system:serviceaccounts?:[^:]/.test(subject);

/** Every list of people, groups or accounts to whom a right is given, by its path. */
const grantees = ({
  tenants,
  operators,
}: WellFormed): { readonly path: string; readonly subjects: readonly string[] }[] =>
  [
    { path: "moat:operators", ...operators },
    ...Object.entries(tenants).flatMap(([name, { authors, ...readers }]) => [
      { path: `moat:tenants.${name}`, ...readers },
      { path: `moat:tenants.${name}.authors`, ...authors },
    ]),
  ].flatMap(({ path, users, groups }) => [
    { path: `${path}.users`, subjects: users },
    { path: `${path}.groups`, subjects: groups },
  ]);

const granteesAreSomebody: Rule = (config) =>
  grantees(config).flatMap(({ path, subjects }) =>
    subjects.filter(isEverybody).map((subject) => ({
      path,
      reason: `"${subject}" is Kubernetes' own and may stand for everybody, other tenants too`,
      mend: "name people, groups of your own, or the accounts of one namespace: system:serviceaccounts:<namespace>",
    })),
  );

const granteesAreNamedOnce: Rule = (config) =>
  grantees(config).flatMap(({ path, subjects }) =>
    [...new Set(subjects.filter((subject, place) => subjects.indexOf(subject) !== place))].map((subject) => ({
      path,
      reason: `names "${subject}" twice`,
      mend: "name everybody once, so that who is taken out is out",
    })),
  );

/** Clouds hand out the machine's credentials there. */
const metadataAddresses = "169.254.0.0/16";

const egressKeepsOffTheMetadataService: Rule = ({ tenants }) =>
  Object.entries(tenants).flatMap(([name, { egressCidrs }]) =>
    egressCidrs
      .filter((cidr) => overlap(cidr, metadataAddresses))
      .map((cidr) => ({
        path: `moat:tenants.${name}.egressCidrs`,
        reason: `${cidr} contains addresses of ${metadataAddresses}, where clouds serve a machine's credentials`,
        mend: "name only the private ranges that the tenant needs; public addresses are open without it",
      })),
  );

/** Why one duration must be at least as long as others. */
interface Order {
  readonly path: string;
  readonly value: (c: WellFormed) => string;
  readonly least: (c: WellFormed) => readonly { readonly length: string; readonly why: string }[];
}

const orders: readonly Order[] = [
  {
    path: "moat:metrics.retention",
    value: (c) => c.metrics.retention,
    least: (c) => [
      {
        length: c.metrics.blockDuration,
        why: "Prometheus would drop samples before a block of them is cut and uploaded",
      },
    ],
  },
  {
    path: "moat:thanos.retention.raw",
    value: (c) => c.thanos.retention.raw,
    least: (c) => [
      { length: c.metrics.blockDuration, why: "a block would expire as soon as it is uploaded" },
      {
        // https://thanos.io/tip/components/compact.md/#downsampling: 5m samples are made of raw blocks that span 40 hours
        length: "40h",
        why: "Thanos makes 5-minute samples only of raw data that is 40 hours old, so there would be none",
      },
    ],
  },
  {
    path: "moat:thanos.retention.fiveMinutes",
    value: (c) => c.thanos.retention.fiveMinutes,
    least: () => [
      {
        // the same page: 1h samples are made of 5m blocks that span 10 days
        length: "10d",
        why: "Thanos makes 1-hour samples only of 5-minute data that is 10 days old, so there would be none",
      },
    ],
  },
];

const retentionsAreLongEnough: Rule = (config) =>
  orders.flatMap(({ path, value, least }) => {
    const given = value(config);
    const [longest] = least(config)
      .filter(({ length }) => toSeconds(given) < toSeconds(length))
      .sort((a, b) => toSeconds(b.length) - toSeconds(a.length));
    if (longest === undefined) return [];
    const { length, why } = longest;
    return [{ path, reason: `${given} is shorter than ${length}: ${why}`, mend: `set ${length} or more` }];
  });

/** One port of a node cannot be two of a Service. */
const nodePortsDiffer: Rule = ({ edge }) =>
  edge?.service.type === "nodePort" && edge.service.http === edge.service.https
    ? [
        {
          path: "moat:edge.service.https",
          reason: `${edge.service.https} is the port of \`http\` too`,
          mend: "give each a port of its own, by default out of 30000 to 32767",
        },
      ]
    : [];

/** Swift takes objects up to 5 GiB, and lists of up to 1000 pieces; an index of Thanos ends at 64 GB. */
const largeObjects = { least: "64Mi", most: "5Gi" } as const;

const piecesFitSwift: Rule = ({ objectStore }) => {
  if (objectStore?.kind !== "swift" || objectStore.access.api !== "native") return [];
  const path = "moat:objectStore.access.largeObjectSize";
  const { largeObjectSize: given } = objectStore.access;
  if (toBytes(given) > toBytes(largeObjects.most))
    return [
      {
        path,
        reason: `${given} is more than Swift takes in one piece`,
        mend: `set ${largeObjects.most} or less, and no more than your cloud's max_file_size`,
      },
    ];
  if (toBytes(given) < toBytes(largeObjects.least))
    return [
      {
        path,
        reason: `${given} is so small that the index of a large block has more pieces than Swift's list of 1000`,
        mend: `set ${largeObjects.least} or more`,
      },
    ];
  return [];
};

/** The key must be where the bucket is: S3 refuses one of another region. */
const kmsKeyIsOfTheRegion: Rule = ({ objectStore }) => {
  if (objectStore?.kind !== "aws" || objectStore.kmsKey === undefined) return [];
  const [, , , region = ""] = objectStore.kmsKey.split(":");
  if (region === objectStore.region) return [];
  return [
    {
      path: "moat:objectStore.kmsKey",
      reason: `the key is in ${region}, the bucket in ${objectStore.region}`,
      mend: `name a key of ${objectStore.region}; a multi-Region key has a replica there`,
    },
  ];
};

/** Every rule; `config.ts` runs them all and reports all that they find. */
export const rules: readonly Rule[] = [
  namespacesBelongToOneTenant,
  tenantsKeepOffThePlatform,
  tenantsAreNotTheDefault,
  platformIsNotAClusterNamespace,
  granteesAreSomebody,
  granteesAreNamedOnce,
  egressKeepsOffTheMetadataService,
  retentionsAreLongEnough,
  nodePortsDiffer,
  piecesFitSwift,
  kmsKeyIsOfTheRegion,
  regionIsTheEndpoints,
  ...edgeRules,
  ...openstackRules,
  ...grafanaRules,
  ...eksRules,
  ...magnumRules,
  mirrorsAreOfImages,
];
