/**
 * The one door through which tenants read: the query guard. It ends TLS, asks the API server who it is and whether it may read the namespaces
 * of the header, puts exactly those into every selector, and says them to whoever selects: query frontend, query, store guards. It is one
 * program, so that what was authorised is what is enforced, and so that what strangers cost counts against them alone:
 * docs/decisions/0017-door.md. The guards: programs/guards.
 */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../config";
import { toSeconds } from "../../config/quantities";
import { images } from "../../versions";
import type { TenantQueries } from "../metrics/metrics";
import {
  edgeIdentity,
  externalLabels,
  gatewayAudience,
  metricsPermission,
  namespaceHeader,
  ports,
  programs,
  tenantLabel,
} from "../names";
import type { ClientAuthority } from "../trust/clientAuthority";
import type { PrivateCa } from "../trust/privateCa";
import { ServerCertificate } from "../trust/serverCertificate";
import { KubernetesWorkload } from "../workload/kubernetes";
import { resourcesFor, type Size } from "../workload/sizes";
import type { Workload } from "../workload/workload";

export interface ReadGatewayArgs {
  /** Namespace of the platform. */
  readonly namespace: string;
  readonly replicas: number;
  /** Resource requests. */
  readonly size: Size;
  /** Authority of its certificate, which clients verify. */
  readonly ca: PrivateCa;
  /** Authority of the certificates that clients may show instead of a token. */
  readonly clients: Pick<ClientAuthority, "certificatePem">;
  /** Where queries go. */
  readonly queries: { readonly [K in keyof TenantQueries]: pulumi.Input<string> };
  /** How long, how many and how far back: the guard's bounds follow from it. */
  readonly thanos: EnvironmentConfig["thanos"];
}

export class ReadGateway extends pulumi.ComponentResource {
  /** `<service>.<namespace>.svc`; HTTPS on `ports.readGateway`. */
  readonly host: pulumi.Output<string>;
  /** When its certificate ends, RFC 3339. */
  readonly certificateExpiry: pulumi.Output<string>;

  constructor(name: string, args: ReadGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:tenancy:ReadGateway", name, {}, opts);
    const parent = { parent: this };
    const { namespace } = args;

    const certificate = new ServerCertificate(
      `${name}-certificate`,
      { ca: args.ca, namespace, dnsNames: dnsNames(namespace) },
      parent,
    );
    const account = new kubernetes.core.v1.ServiceAccount(
      `${name}-account`,
      { metadata: { name: programs.readGateway, namespace }, automountServiceAccountToken: false },
      parent,
    );
    new kubernetes.rbac.v1.ClusterRoleBinding(
      `${name}-delegator`,
      {
        // Lets it ask the API server about tokens and rights; it may read nothing itself.
        metadata: { name: `moat-${programs.readGateway}` },
        roleRef: {
          apiGroup: "rbac.authorization.k8s.io",
          kind: "ClusterRole",
          name: "system:auth-delegator",
        },
        subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace }],
      },
      parent,
    );
    const settings = new kubernetes.core.v1.ConfigMap(
      `${name}-config`,
      {
        metadata: { name: programs.readGateway, namespace },
        data: { [clientCaFile]: args.clients.certificatePem },
      },
      parent,
    );
    const workload = new KubernetesWorkload(
      name,
      {
        namespace,
        workload: gateway({
          ...args,
          account: account.metadata.name,
          certificate: certificate.secretName,
          settings: settings.metadata.name,
        }),
      },
      parent,
    );
    this.host = workload.host;
    this.certificateExpiry = certificate.notAfter;
    this.registerOutputs({ host: this.host });
  }
}

const clientCaFile = "client-ca.crt";

const dnsNames = (namespace: string): string[] => [
  programs.readGateway,
  `${programs.readGateway}.${namespace}`,
  `${programs.readGateway}.${namespace}.svc`,
  `${programs.readGateway}.${namespace}.svc.cluster.local`,
];

interface GatewayParts extends Omit<ReadGatewayArgs, "ca" | "clients"> {
  readonly account: pulumi.Input<string>;
  readonly certificate: pulumi.Input<string>;
  readonly settings: pulumi.Input<string>;
}

/** The gateway as a plain description. */
export function gateway(parts: GatewayParts): Workload {
  return {
    name: programs.readGateway,
    kind: "stateless",
    replicas: parts.replicas,
    identity: { account: parts.account, mountToken: true },
    volumes: [
      { name: "tls", type: "secret", secret: parts.certificate },
      { name: "config", type: "configMap", configMap: parts.settings },
    ],
    containers: [
      {
        name: "query-guard",
        image: images.guards,
        args: [...doorArgs(parts), ...queryGuardArgs(parts)],
        ports: [
          { name: "https", number: ports.readGateway },
          { name: "metrics", number: ports.queryGuardMetrics, internal: true, metrics: {} },
        ],
        mounts: [
          { volume: "tls", path: folders.tls },
          { volume: "config", path: folders.config },
        ],
        // Not ready while the programs behind are not, so that clients are sent to a pod that answers.
        readiness: { path: "/-/ready", port: "metrics" },
        liveness: { path: "/-/healthy", port: "metrics" },
        resources: resourcesFor(programs.readGateway, parts.size),
      },
    ],
  };
}

const folders = { tls: "/etc/tls", config: "/etc/gateway" } as const;

/** Command line of the door. It reads its files anew when they change. */
const doorArgs = ({ namespace }: Pick<ReadGatewayArgs, "namespace">): string[] => [
  "query",
  `--listen-address=0.0.0.0:${ports.readGateway}`,
  `--tls-cert=${folders.tls}/tls.crt`,
  `--tls-key=${folders.tls}/tls.key`,
  `--audience=${gatewayAudience}`,
  `--permission=${metricsPermission.resource}/${metricsPermission.subresource}`,
  `--header=${namespaceHeader}`,
  // A client without a certificate of this authority needs a token.
  `--readers-ca=${folders.config}/${clientCaFile}`,
  // The authority of servers signs no readers: this one says alone that a connection is the edge's.
  `--edge-ca=${folders.tls}/ca.crt`,
  `--edge-name=${edgeIdentity(namespace)}`,
];

type GuardSettings = Pick<ReadGatewayArgs, "queries" | "thanos" | "replicas">;

/** Command line of the query guard. Bounds that it is not told here have defaults: `guards query --help`. */
export const queryGuardArgs = ({ queries, thanos, replicas }: GuardSettings): pulumi.Input<string>[] => [
  `--http-address=0.0.0.0:${ports.queryGuardMetrics}`,
  pulumi.interpolate`--query-url=http://${queries.queryHost}:${ports.http}`,
  pulumi.interpolate`--frontend-url=http://${queries.frontendHost}:${ports.http}`,
  pulumi.interpolate`--rules-endpoint=${queries.rulesEndpoint}`,
  `--label=${tenantLabel}`,
  `--replica-label=${externalLabels.replica}`,
  // Thanos ends a query after its own time; the answer must still find its way.
  `--timeout=${toSeconds(thanos.queryTimeout) + 10}s`,
  ...["range", "age", "window"].map((what) => `--max-${what}=${longestRetention(thanos)}s`),
  `--max-concurrent-per-namespace=${concurrencyOf(thanos, replicas)}`,
];

/** Nothing is older than this, in seconds, with a day for blocks that wait to be deleted. */
const longestRetention = ({ retention }: EnvironmentConfig["thanos"]): number =>
  Math.max(...[retention.raw, retention.fiveMinutes, retention.oneHour].map(toSeconds)) + 86_400;

/** A namespace gets at most half of the queries that all Thanos Query servers run at a time, in equal parts at each gateway. */
const concurrencyOf = (
  { queryReplicas, queryConcurrency }: EnvironmentConfig["thanos"],
  gateways: number,
): number => Math.max(1, Math.floor((queryReplicas * queryConcurrency) / 2 / gateways));
