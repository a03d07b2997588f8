/**
 * One tenant: its namespaces with quota, limits and walls, the rights to read their metrics and to write in them, and the account by which its data source
 * asks for them. Tokens of that account are short-lived and asked for when needed; none is stored.
 */

import type { types } from "@pulumi/kubernetes";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig, TenantConfig } from "../../config";
import type { ClusterDns } from "../../config/clusterDns";
import { dnsParameter, kubeDns } from "../cluster/dns";
import { authorRole, objectLabels, tenantAnnotations, tenantObjects } from "../names";
import { groups, users } from "./access";
import { tenantWall } from "./networkWalls";
import { monitoringCounts, objectCounts } from "./quota";

export interface TenantArgs {
  readonly tenant: TenantConfig;
  /** What its monitors may ask for. */
  readonly limits: ScrapeBounds;
  /** Hosts that the platform serves: no route of the tenant may take them. */
  readonly platformHosts: readonly string[];
  /** Whether the platform's Grafana reads for it. */
  readonly grafana: boolean;
  /** Namespace of the platform, for the walls. */
  readonly platformNamespace: string;
  /** The cluster's DNS, which the walls open. Default: the pods `k8s-app=kube-dns` of `kube-system`. */
  readonly dns?: ClusterDns | undefined;
  /** ClusterRole that lets its subjects read metrics (`MetricsAccess.readerRole`). */
  readonly readerRole: pulumi.Input<string>;
  /** ClusterRole of its authors. */
  readonly authorRole: pulumi.Input<string>;
  /** The account of the Prometheus that scrapes tenants, and the ClusterRole that lets it find targets. */
  readonly scraper: PlatformRight;
  /** What scrapes the tenants. The quota comes after it, when the cluster has long known of the kinds of monitors. */
  readonly scraping: pulumi.Resource;
  /** The operator's account, and the ClusterRole by which it reads secrets that monitors refer to. */
  readonly references: PlatformRight;
}

/** The limits on scrapes that the API server holds monitors to. */
type ScrapeBounds = Pick<EnvironmentConfig["metrics"]["limits"], "samples" | "targets">;

/** An account of the platform's namespace, and a ClusterRole to bind it to inside a tenant's namespace. */
export interface PlatformRight {
  readonly account: pulumi.Input<string>;
  readonly role: pulumi.Input<string>;
}

/** Where a tenant's data source gets its token from. */
export interface TenantOutput {
  readonly namespaces: readonly string[];
  readonly serviceAccount: string;
  /** Namespace of the service account: the tenant's first. */
  readonly serviceAccountNamespace: string;
}

/** Name of the data source's account in the tenant's home namespace. */
export const dataSourceAccount = "metrics-reader";

export class Tenant extends pulumi.ComponentResource {
  readonly output: TenantOutput;

  constructor(name: string, args: TenantArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:tenancy:Tenant", name, {}, opts);
    const { tenant } = args;
    const [home] = tenant.namespaces;
    const subjects = [...readers(tenant), ...(args.grafana ? users([grafanaUser(tenant.name)]) : [])];
    const writers = [...users(tenant.authors.users), ...groups(tenant.authors.groups)];
    const platformAccount = ({ account }: PlatformRight) => ({
      kind: "ServiceAccount",
      name: account,
      namespace: args.platformNamespace,
    });

    tenant.namespaces.forEach((namespace) => {
      const part = `${name}-${namespace}`;
      const space = new kubernetes.core.v1.Namespace(
        part,
        {
          metadata: {
            name: namespace,
            labels: namespaceLabels(tenant.name),
            annotations: namespaceAnnotations(tenant, args),
          },
        },
        { parent: this },
      );
      const inside = { parent: this, dependsOn: space };
      new kubernetes.core.v1.ResourceQuota(
        `${part}-quota`,
        {
          metadata: { name: tenantObjects, namespace, annotations: { "pulumi.com/waitFor": allCounted } },
          spec: { hard: hardQuota(tenant.quota) },
        },
        { parent: this, dependsOn: [space, args.scraping], customTimeouts: { create: countPatience } },
      );
      new kubernetes.core.v1.LimitRange(
        `${part}-limits`,
        { metadata: { name: tenantObjects, namespace }, spec: { limits: [containerDefaults] } },
        inside,
      );
      new kubernetes.networking.v1.NetworkPolicy(
        `${part}-wall`,
        {
          metadata: { name: tenantObjects, namespace },
          spec: tenantWall(tenant, args.platformNamespace, args.dns),
        },
        inside,
      );
      bind(`${part}-readers`, namespace, "metrics-readers", args.readerRole, subjects, inside);
      if (writers.length > 0)
        bind(`${part}-authors`, namespace, authorRole.binding, args.authorRole, writers, inside);
      const bindPlatform = (binding: string, right: PlatformRight) =>
        bind(`${part}-${binding}`, namespace, binding, right.role, [platformAccount(right)], inside);
      bindPlatform("prometheus", args.scraper);
      if (tenant.scrapeCredentials) bindPlatform("prometheus-operator", args.references);
      if (namespace === home) {
        new kubernetes.core.v1.ServiceAccount(
          `${part}-reader`,
          { metadata: { name: dataSourceAccount, namespace }, automountServiceAccountToken: false },
          inside,
        );
      }
    });

    this.output = {
      namespaces: tenant.namespaces,
      serviceAccount: dataSourceAccount,
      serviceAccountNamespace: home,
    };
    this.registerOutputs({});
  }
}

function bind(
  name: string,
  namespace: string,
  binding: string,
  role: pulumi.Input<string>,
  subjects: types.input.rbac.v1.Subject[],
  opts: pulumi.CustomResourceOptions,
): void {
  new kubernetes.rbac.v1.RoleBinding(
    name,
    {
      metadata: { name: binding, namespace },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
      subjects,
    },
    opts,
  );
}

/** Labels of a tenant's namespace. The Pod Security labels hold its pods to the `restricted` profile. */
export const namespaceLabels = (tenant: string): Record<string, string> => ({
  [objectLabels.role]: "tenant",
  [objectLabels.tenant]: tenant,
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/warn": "restricted",
});

/** The parameters of the rules that the API server holds the tenant to. */
export const namespaceAnnotations = (
  { namespaces, probeTargets, receiverHosts }: TenantConfig,
  { limits, platformHosts, dns = kubeDns }: Pick<TenantArgs, "limits" | "platformHosts" | "dns">,
): Record<string, string> => ({
  [tenantAnnotations.namespaces]: namespaces.join(","),
  [tenantAnnotations.probeTargets]: probeTargets.join(","),
  [tenantAnnotations.receiverHosts]: receiverHosts.join(","),
  [tenantAnnotations.platformHosts]: platformHosts.join(","),
  [tenantAnnotations.sampleLimit]: String(limits.samples),
  [tenantAnnotations.targetLimit]: String(limits.targets),
  [tenantAnnotations.dns]: dnsParameter(dns),
});

/** As whom the platform's Grafana reads for a tenant: the common name of a certificate. */
export const grafanaUser = (tenant: string): string => `moat:grafana:${tenant}`;

/** Everyone who may read: the data source's account, the people, the groups. */
export const readers = (tenant: TenantConfig): types.input.rbac.v1.Subject[] => [
  { kind: "ServiceAccount", name: dataSourceAccount, namespace: tenant.namespaces[0] },
  ...users(tenant.users),
  ...groups(tenant.groups),
];

/** No node ports and no load balancers: they would open a way around the edge. */
export const hardQuota = (quota: TenantConfig["quota"]): Record<string, string> => ({
  "requests.cpu": quota.cpu,
  "requests.memory": quota.memory,
  "limits.memory": quota.memory,
  "requests.storage": quota.storage,
  "requests.ephemeral-storage": quota.ephemeralStorage,
  "limits.ephemeral-storage": quota.ephemeralStorage,
  pods: String(quota.pods),
  "services.nodeports": "0",
  "services.loadbalancers": "0",
  ...objectCounts(quota.pods),
});

/** Monitors and rules: the limits on one scrape hold nobody who may have any number of them. */
const countedKinds = Object.keys(monitoringCounts());

/**
 * Until its controller has counted everything, the API server refuses what the quota counts. The controller looks for new kinds twice a
 * minute, and a quota that is older than what it knows waits for its next full round, five minutes by Kubernetes' default. So the quota
 * comes late, after programs that take as long to start. The paths are of RFC 9535, as the official plugin reads no others.
 */
const allCounted = JSON.stringify(countedKinds.map((kind) => `jsonpath={.status.used['${kind}']}`));

/** That full round and a minute. */
const countPatience = "6m";

/**
 * For containers that say nothing: with a quota, one without requests would be refused. The kubelet evicts a pod that writes more to its
 * node's disk than the limit; without one a tenant fills the disk, and pods of everybody are evicted. 256Mi is what the default quota has
 * for each of its pods, and some for those with more containers.
 */
export const containerDefaults = {
  type: "Container",
  default: { memory: "256Mi", "ephemeral-storage": "256Mi" },
  defaultRequest: { cpu: "10m", memory: "64Mi", "ephemeral-storage": "16Mi" },
};
