/**
 * A set of equal Prometheus servers, each a full copy, with Thanos sidecars that upload their blocks:
 * targets ← Prometheus ← sidecar → bucket; operators' Thanos Query → every sidecar; tenants' → store guards beside the tenants' sidecars.
 * Used twice: for the tenants, and for the platform itself, so that no tenant's load can blind the platform.
 */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../config";
import { ports, type programs } from "../names";
import type { ObjectStore } from "../storage/objectStore";
import { resourcesFor, type Size } from "../workload/sizes";
import { discoveryRules } from "./discovery";
import type { ScrapeLimits } from "./limits";
import { ownedBy } from "./operator";
import { prometheusSpec } from "./prometheusSpec";
import { prometheusMonitor } from "./scrapes";
import { guardEndpoint, guardPort, storeGuard } from "./thanos/storeGuard";

export interface PrometheusServersArgs {
  /** Namespace of the platform. */
  readonly namespace: string;
  readonly program: PrometheusProgram;
  /** Whose monitors and rules it takes: those of tenants' namespaces, or of the platform's own. */
  readonly scrapes: "tenant" | "platform";
  /** Equal copies. */
  readonly replicas: number;
  /** Name of the cluster: the external label `cluster`. */
  readonly clusterName: string;
  /** Intervals, retention and volumes. */
  readonly metrics: EnvironmentConfig["metrics"];
  /** What one scrape may bring. */
  readonly limits: ScrapeLimits;
  /** Resource requests. */
  readonly size: Size;
  /** Storage class of the volumes. Default: the cluster's. */
  readonly storageClass: string | undefined;
  /** Bucket to which blocks go. */
  readonly objectStore: ObjectStore;
}

export type PrometheusProgram = typeof programs.tenantPrometheus | typeof programs.platformPrometheus;

/** An account of the platform's namespace, and the ClusterRole by which it finds targets in a namespace where it is bound. */
export interface Scraper {
  readonly account: pulumi.Output<string>;
  readonly role: pulumi.Output<string>;
}

export class PrometheusServers extends pulumi.ComponentResource {
  /** Names all sidecars at once, as Thanos looks them up: `dnssrv+_grpc._tcp.<service>.<namespace>.svc`. */
  readonly grpcEndpoint: string;
  /** Names the guards in front of the sidecars, through which tenants' queries go. The platform's own servers have none. */
  readonly guardEndpoint: string;
  readonly scraper: Scraper;

  constructor(name: string, args: PrometheusServersArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:metrics:PrometheusServers", name, {}, opts);
    const { namespace, program } = args;
    const parent = { parent: this };
    const metadata = { name: program, namespace };
    const podSelector = prometheusPodSelector(program);

    const account = new kubernetes.core.v1.ServiceAccount(`${name}-account`, { metadata }, parent);
    const role = new kubernetes.rbac.v1.ClusterRole(
      `${name}-discovery`,
      { metadata: { name: `${namespace}-${program}-discovery` }, rules: discoveryRules },
      parent,
    );
    this.scraper = { account: account.metadata.name, role: role.metadata.name };

    // The operator wants the Service first; pods need the account and its rights.
    const needed: pulumi.Resource[] = [account];
    if (args.scrapes === "platform") {
      // Tenants bind the role themselves, each in its own namespaces.
      const binding = new kubernetes.rbac.v1.RoleBinding(
        `${name}-discovery-binding`,
        {
          metadata: { name: `${program}-discovery`, namespace },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: this.scraper.role },
          subjects: [{ kind: "ServiceAccount", name: this.scraper.account, namespace }],
        },
        parent,
      );
      needed.push(binding);
    }
    const service = new kubernetes.core.v1.Service(
      `${name}-service`,
      {
        metadata,
        spec: {
          clusterIP: "None",
          selector: podSelector,
          ports: [
            { name: "http", port: ports.prometheus, targetPort: "web" },
            { name: "grpc", port: ports.grpc, targetPort: "grpc" },
            ...(args.scrapes === "tenant"
              ? [{ name: guardPort, port: ports.storeGuard, targetPort: guardPort }]
              : []),
          ],
        },
      },
      parent,
    );
    if (args.replicas > 1) {
      new kubernetes.policy.v1.PodDisruptionBudget(
        `${name}-budget`,
        { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: podSelector } } },
        parent,
      );
    }
    new kubernetes.apiextensions.CustomResource(
      `${name}-servers`,
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "Prometheus",
        metadata: {
          name: objectName(program),
          namespace,
          annotations: {
            ...ownedBy(namespace),
            // Done when the servers answer, not when the object is stored.
            "pulumi.com/waitFor": "condition=Available",
          },
        },
        spec: prometheusSpec({
          ...args,
          service: program,
          account: program,
          podSelector,
          objectStoreSecret: args.objectStore.secretName,
          resources: {
            prometheus: resourcesFor(program, args.size),
            sidecar: resourcesFor("thanos-sidecar", args.size),
          },
          guard: args.scrapes === "tenant" ? storeGuard(args.size) : undefined,
        }),
      },
      { parent: this, dependsOn: [service, ...needed] },
    );

    new kubernetes.apiextensions.CustomResource(
      `${name}-monitor`,
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PodMonitor",
        metadata,
        spec: prometheusMonitor(program, podSelector, args.scrapes === "tenant"),
      },
      parent,
    );

    this.grpcEndpoint = `dnssrv+_grpc._tcp.${program}.${namespace}.svc`;
    this.guardEndpoint = guardEndpoint(program, namespace);
    this.registerOutputs({ grpcEndpoint: this.grpcEndpoint, guardEndpoint: this.guardEndpoint });
  }
}

/** Name of the Prometheus object. The operator puts `prometheus-` before it, so that pods and volumes carry the program's name. */
export const objectName = (program: PrometheusProgram): string => program.replace(/^prometheus-/, "");

/** Labels that select the pods. The operator sets them over any others, so they are not those of our own workloads. */
export const prometheusPodSelector = (program: PrometheusProgram): Record<string, string> => ({
  "app.kubernetes.io/name": "prometheus",
  "app.kubernetes.io/instance": objectName(program),
});
