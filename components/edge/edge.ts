/**
 * Where users come in: Traefik ends their TLS, limits what they may send, and passes it on.
 * metrics.<domain> —TLS, verified→ read gateway; query.<domain> → password → query frontend.
 */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { stringify } from "yaml";
import type { EnvironmentConfig } from "../../config";
import { images } from "../../versions";
import { ports, programLabels, programs } from "../names";
import { KubernetesWorkload } from "../workload/kubernetes";
import { resourcesFor, type Size } from "../workload/sizes";
import type { ServiceShape, Workload } from "../workload/workload";
import type { PrivateCa } from "./privateCa";
import { ServerCertificate } from "./serverCertificate";
import { drainSeconds, files, folders, hostsOf, installConfig, routesConfig } from "./traefik";

export interface EdgeArgs {
  /** Namespace of the platform. */
  readonly namespace: pulumi.Input<string>;
  /** Domain, ports and how the cluster shows the edge. */
  readonly config: EnvironmentConfig["edge"];
  /** Resource requests. */
  readonly size: Size;
  /** Authority of the routes' certificate and of the read gateway's. */
  readonly ca: PrivateCa;
  /** Service host of the read gateway, which serves HTTPS on `ports.readGateway`. */
  readonly readGatewayHost: pulumi.Input<string>;
  /** Service host of the query frontend, which serves HTTP on `ports.http`. */
  readonly queryFrontendHost: pulumi.Input<string>;
}

export class Edge extends pulumi.ComponentResource {
  /** Where tenants read, by their token. */
  readonly readGatewayUrl: pulumi.Output<string>;
  /** The query UI for operators, by password. */
  readonly queryUrl: pulumi.Output<string>;
  /** Password of the user `admin` of the query UI. Secret. */
  readonly adminPassword: pulumi.Output<string>;
  /** When the routes' certificate ends, RFC 3339. */
  readonly certificateExpiry: pulumi.Output<string>;
  /** Addresses or names of its load balancer; empty when it has none. */
  readonly loadBalancer: pulumi.Output<readonly string[]>;

  constructor(name: string, args: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:edge:Edge", name, {}, opts);
    const parent = { parent: this };
    const { namespace, ca, config } = args;
    const labels = programLabels(programs.edge);
    const hosts = hostsOf(config.domain);

    const certificate = new ServerCertificate(
      `${name}-certificate`,
      { ca, namespace, dnsNames: Object.values(hosts) },
      parent,
    );
    const password = new random.RandomPassword(`${name}-password`, { length: 32, special: false }, parent);
    const users = pulumi.interpolate`${admin}:${password.bcryptHash}\n`;
    const usersSecret = new kubernetes.core.v1.Secret(
      `${name}-users`,
      {
        metadata: { name: `${programs.edge}-users`, namespace, labels },
        stringData: { [files.users]: users },
      },
      parent,
    );
    const install = stringify(installConfig(config));
    const routes = pulumi
      .all([args.readGatewayHost, args.queryFrontendHost])
      .apply(([readGatewayHost, queryFrontendHost]) =>
        stringify(routesConfig({ ...config, readGatewayHost, queryFrontendHost })),
      );
    const settings = new kubernetes.core.v1.ConfigMap(
      `${name}-config`,
      {
        metadata: { name: programs.edge, namespace, labels },
        data: { [files.install]: install, [files.routes]: routes },
      },
      parent,
    );
    const served = new KubernetesWorkload(
      `${name}-traefik`,
      {
        namespace,
        workload: traefik(args, {
          certificate: certificate.secretName,
          users: usersSecret.metadata.name,
          settings: settings.metadata.name,
          restartOn: pulumi.interpolate`${install}${routes}${users}${certificate.certificatePem}${ca.certificatePem}`,
        }),
      },
      parent,
    );

    this.readGatewayUrl = pulumi.output(urlOf(hosts.metrics, config.httpsPort));
    this.queryUrl = pulumi.output(urlOf(hosts.query, config.httpsPort));
    this.adminPassword = pulumi.secret(password.result);
    this.loadBalancer = served.loadBalancer;
    this.certificateExpiry = certificate.notAfter;
    this.registerOutputs({ readGatewayUrl: this.readGatewayUrl, queryUrl: this.queryUrl });
  }
}

const admin = "admin";

/** `https://host`, with the port unless it is the usual one. */
export const urlOf = (host: string, port: number): string =>
  `https://${host}${port === 443 ? "" : `:${port}`}`;

interface TraefikParts {
  readonly certificate: pulumi.Input<string>;
  readonly users: pulumi.Input<string>;
  readonly settings: pulumi.Input<string>;
  readonly restartOn: pulumi.Input<string>;
}

/** Traefik as a plain description. */
export const traefik = (
  { config, size }: Pick<EdgeArgs, "config" | "size">,
  parts: TraefikParts,
): Workload => ({
  name: programs.edge,
  kind: "stateless",
  replicas: config.replicas,
  gracePeriod: drainSeconds + 5,
  restartOn: parts.restartOn,
  service: serviceShape(config.service),
  volumes: [
    { name: "config", type: "configMap", configMap: parts.settings },
    { name: "tls", type: "secret", secret: parts.certificate },
    { name: "users", type: "secret", secret: parts.users },
  ],
  containers: [
    {
      name: "traefik",
      image: images.traefik,
      args: [`--configFile=${folders.config}/${files.install}`],
      ports: [
        { name: web, number: ports.edgeHttp, service: config.httpPort },
        { name: websecure, number: ports.edgeHttps, service: config.httpsPort },
        { name: "metrics", number: ports.edgeMetrics, internal: true, metrics: {} },
      ],
      mounts: [
        { volume: "config", path: folders.config },
        { volume: "tls", path: folders.tls },
        { volume: "users", path: folders.users },
      ],
      readiness: { path: "/ping", port: "metrics" },
      liveness: { path: "/ping", port: "metrics" },
      resources: resourcesFor(programs.edge, size),
    },
  ],
});

const web = "web";
const websecure = "websecure";

const serviceShape = (service: EnvironmentConfig["edge"]["service"]): ServiceShape =>
  service.type === "nodePort"
    ? { type: "nodePort", nodePorts: { [web]: service.http, [websecure]: service.https } }
    : service;
