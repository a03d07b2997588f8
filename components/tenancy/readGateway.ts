/**
 * The one door through which tenants read. In each pod:
 * client —TLS→ kube-rbac-proxy (who is it? may it read this namespace?) —loopback→ query guard (puts the namespace into every selector,
 * and says it to whoever selects) → query frontend, query, store guards. Both take the namespace from the same header and from nothing
 * else, for every method and body, so what was authorised is exactly what is enforced. Who the client is, a token says, or a
 * certificate of the authority for readers. The guards: programs/guards.
 */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import type { EnvironmentConfig } from "../../config";
import { toSeconds } from "../../config/quantities";
import { images } from "../../versions";
import type { PrivateCa } from "../edge/privateCa";
import { ServerCertificate } from "../edge/serverCertificate";
import type { TenantQueries } from "../metrics/metrics";
import {
  externalLabels,
  gatewayAudience,
  metricsPermission,
  namespaceHeader,
  ports,
  programs,
  tenantLabel,
} from "../names";
import { KubernetesWorkload } from "../workload/kubernetes";
import { resourcesFor, type Size } from "../workload/sizes";
import type { Workload } from "../workload/workload";
import type { ClientAuthority } from "./clientAuthority";

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
    const rules = stringify(authorization);
    const settings = new kubernetes.core.v1.ConfigMap(
      `${name}-config`,
      {
        metadata: { name: programs.readGateway, namespace },
        data: { [configFile]: rules, [clientCaFile]: args.clients.certificatePem },
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
          restartOn: rules,
        }),
      },
      parent,
    );
    this.host = workload.host;
    this.certificateExpiry = certificate.notAfter;
    this.registerOutputs({ host: this.host });
  }
}

const configFile = "authorization.yaml";
const clientCaFile = "client-ca.crt";

/**
 * What kube-rbac-proxy asks the API server for each value of the header: may this user `get` (GET) or `create` (POST)
 * `namespace/metrics` in that namespace? All must be allowed.
 */
export const authorization = {
  authorization: {
    rewrites: { byHttpHeader: { name: namespaceHeader } },
    resourceAttributes: {
      apiVersion: "v1",
      apiGroup: metricsPermission.apiGroup,
      resource: metricsPermission.resource,
      subresource: metricsPermission.subresource,
      namespace: "{{ .Value }}",
    },
  },
};

/** The paths that the query guard has, and no other: everything else is 404 before anyone is asked. */
export const allowedPaths = [
  "/api/v1/query",
  "/api/v1/query_range",
  "/api/v1/query_exemplars",
  "/api/v1/series",
  "/api/v1/labels",
  "/api/v1/label/*/values",
  "/api/v1/rules",
  "/api/v1/alerts",
];

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
  readonly restartOn: string;
}

/** The gateway as a plain description. */
export function gateway(parts: GatewayParts): Workload {
  return {
    name: programs.readGateway,
    kind: "stateless",
    replicas: parts.replicas,
    identity: { account: parts.account, mountToken: true },
    restartOn: parts.restartOn,
    volumes: [
      { name: "tls", type: "secret", secret: parts.certificate },
      { name: "config", type: "configMap", configMap: parts.settings },
    ],
    containers: [
      {
        name: "kube-rbac-proxy",
        image: images.kubeRbacProxy,
        args: [
          `--secure-listen-address=0.0.0.0:${ports.readGateway}`,
          `--proxy-endpoints-port=${ports.readGatewayHealth}`,
          `--upstream=http://127.0.0.1:${ports.queryGuard}/`,
          `--config-file=/etc/gateway/${configFile}`,
          `--auth-token-audiences=${gatewayAudience}`,
          // A client without a certificate of this authority needs a token. kube-rbac-proxy reads the file anew when it changes.
          `--client-ca-file=/etc/gateway/${clientCaFile}`,
          `--allow-paths=${allowedPaths.join(",")}`,
          // What it asks the API server waits in one line for everybody: at the default of 5 a second, random tokens lock all tenants out.
          // This is what the edge lets one client ask; the API server has fair queues of its own.
          "--kube-api-qps=1000",
          "--kube-api-burst=2000",
          "--tls-cert-file=/etc/tls/tls.crt",
          "--tls-private-key-file=/etc/tls/tls.key",
          // From verbosity 5 it logs who asked for what, from 8 on whole requests with their tokens.
          "--v=0",
        ],
        ports: [
          { name: "https", number: ports.readGateway },
          { name: "health", number: ports.readGatewayHealth, internal: true },
        ],
        mounts: [
          { volume: "tls", path: "/etc/tls" },
          { volume: "config", path: "/etc/gateway" },
        ],
        readiness: { path: "/healthz", port: "health", scheme: "https" },
        liveness: { path: "/healthz", port: "health", scheme: "https" },
        resources: resourcesFor(programs.readGateway, parts.size),
      },
      {
        name: "query-guard",
        image: images.guards,
        args: queryGuardArgs(parts),
        ports: [{ name: "metrics", number: ports.queryGuardMetrics, internal: true, metrics: {} }],
        // Not ready while the programs behind are not, so that clients are sent to a pod that answers.
        readiness: { path: "/-/ready", port: "metrics" },
        liveness: { path: "/-/healthy", port: "metrics" },
        resources: resourcesFor("query-guard", parts.size),
      },
    ],
  };
}

type GuardSettings = Pick<ReadGatewayArgs, "queries" | "thanos" | "replicas">;

/** Command line of the query guard. Bounds that it is not told here have defaults: `guards query --help`. */
export const queryGuardArgs = ({ queries, thanos, replicas }: GuardSettings): pulumi.Input<string>[] => [
  "query",
  `--listen-address=127.0.0.1:${ports.queryGuard}`,
  `--http-address=0.0.0.0:${ports.queryGuardMetrics}`,
  pulumi.interpolate`--query-url=http://${queries.queryHost}:${ports.http}`,
  pulumi.interpolate`--frontend-url=http://${queries.frontendHost}:${ports.http}`,
  pulumi.interpolate`--rules-endpoint=${queries.rulesEndpoint}`,
  `--label=${tenantLabel}`,
  `--replica-label=${externalLabels.replica}`,
  `--header=${namespaceHeader}`,
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
