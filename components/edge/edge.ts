/**
 * Where users come in: Traefik ends their TLS, limits what they may send, and passes it on.
 * metrics.<domain> —TLS, verified→ read gateway; query.<domain> → password → operators' query; grafana.<domain> —TLS, verified→ Grafana.
 */
import { createHash } from "node:crypto";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { stringify } from "yaml";
import type { EnvironmentConfig } from "../../config";
import { images } from "../../versions";
import { edgeIdentity, ports, programLabels, programs } from "../names";
import type { PrivateCa } from "../trust/privateCa";
import { ServerCertificate } from "../trust/serverCertificate";
import { KubernetesWorkload } from "../workload/kubernetes";
import { resourcesFor, type Size } from "../workload/sizes";
import type { ServiceShape, Workload } from "../workload/workload";
import type { GrafanaPlace } from "./grafanaRoute";
import { drainSeconds, installConfig } from "./install";
import { type ServedCertificate, servedCertificate } from "./tls/servedCertificate";
import { files, folders, hostsOf, routesConfig } from "./traefik";

export interface EdgeArgs {
  /** Namespace of the platform. */
  readonly namespace: string;
  /** What names in clouds begin with. */
  readonly clusterName: string;
  /** Domain, ports and how the cluster shows the edge. */
  readonly config: EnvironmentConfig["edge"];
  /** Annotations of its Service besides those of the configuration: for external-dns. Default: none. */
  readonly serviceAnnotations?: Readonly<Record<string, string>>;
  /** Resource requests. */
  readonly size: Size;
  /** Authority of the routes' certificate and of the read gateway's. */
  readonly ca: PrivateCa;
  /** Service host of the read gateway, which serves HTTPS on `ports.readGateway`. */
  readonly readGatewayHost: pulumi.Input<string>;
  /** Service host of the operators' Thanos Query, which serves HTTP on `ports.http`. */
  readonly operatorQueryHost: pulumi.Input<string>;
  /** Service host of Grafana, which serves HTTPS on `ports.grafana`. Default: there is none. */
  readonly grafanaHost?: pulumi.Input<string> | undefined;
}

export class Edge extends pulumi.ComponentResource {
  /** Where tenants read, by their token. */
  readonly readGatewayUrl: pulumi.Output<string>;
  /** The query UI for operators, by password. */
  readonly queryUrl: pulumi.Output<string>;
  /** Password of the user `admin` of the query UI. Secret. */
  readonly adminPassword: pulumi.Output<string>;
  /** When the certificate ends by which the read gateway knows it, RFC 3339. */
  readonly identityExpiry: pulumi.Output<string>;
  /** Addresses or names of its load balancer; empty when it has none. */
  readonly loadBalancer: pulumi.Output<readonly string[]>;

  constructor(name: string, args: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:edge:Edge", name, {}, opts);
    const parent = { parent: this };
    const { namespace, config } = args;
    const labels = programLabels(programs.edge);
    const hosts = hostsOf(config.domain, { grafana: args.grafanaHost !== undefined });

    const certificate = servedCertificate(name, { ...args, tls: config.tls, hosts }, this);
    const identity = new ServerCertificate(
      `${name}-identity`,
      { ca: args.ca, namespace, dnsNames: [edgeIdentity(namespace)], use: "client" },
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
    const install = stringify(installConfig({ ...config, certificate: certificate.source }));
    const routes = pulumi
      .all([args.readGatewayHost, args.operatorQueryHost, args.grafanaHost])
      .apply(([readGatewayHost, operatorQueryHost, grafanaHost]) =>
        stringify(
          routesConfig({
            ...config,
            readGatewayHost,
            operatorQueryHost,
            grafana: placeOf(hosts.grafana, grafanaHost),
            certificate: certificate.source,
          }),
        ),
      );
    const settings = new kubernetes.core.v1.ConfigMap(
      `${name}-config`,
      {
        metadata: {
          // Pods that watch their folder must not take over routes that were never tried: those of new pods have a name of their own.
          name: certificate.source.live
            ? routes.apply((text) => `${programs.edge}-${digest(install, text)}`)
            : programs.edge,
          namespace,
          labels,
        },
        data: { [files.install]: install, [files.routes]: routes },
      },
      parent,
    );
    const served = new KubernetesWorkload(
      `${name}-traefik`,
      {
        namespace,
        workload: traefik(args, {
          certificate: certificate.volume(settings.metadata.name),
          users: usersSecret.metadata.name,
          identity: identity.secretName,
          settings: settings.metadata.name,
          restartOn: pulumi.interpolate`${install}${routes}${users}${certificate.restartOn}${identity.certificatePem}`,
        }),
      },
      parent,
    );

    this.readGatewayUrl = pulumi.output(urlOf(hosts.metrics, config.httpsPort));
    this.queryUrl = pulumi.output(urlOf(hosts.query, config.httpsPort));
    this.adminPassword = pulumi.secret(password.result);
    this.identityExpiry = identity.notAfter;
    this.loadBalancer = served.loadBalancer;
    this.registerOutputs({ readGatewayUrl: this.readGatewayUrl, queryUrl: this.queryUrl });
  }
}

const admin = "admin";

const placeOf = (host: string | undefined, serviceHost: string | undefined): GrafanaPlace | undefined =>
  host === undefined || serviceHost === undefined ? undefined : { host, serviceHost };

const digest = (...texts: readonly string[]): string =>
  createHash("sha256").update(texts.join("\n")).digest("hex").slice(0, 10);

/** `https://host`, with the port unless it is the usual one. */
export const urlOf = (host: string, port: number): string =>
  `https://${host}${port === 443 ? "" : `:${port}`}`;

interface TraefikParts {
  readonly certificate: ReturnType<ServedCertificate["volume"]>;
  readonly users: pulumi.Input<string>;
  readonly identity: pulumi.Input<string>;
  readonly settings: pulumi.Input<string>;
  readonly restartOn: pulumi.Input<string>;
}

/** Traefik as a plain description. */
export const traefik = (
  { config, size, serviceAnnotations = {} }: Pick<EdgeArgs, "config" | "size" | "serviceAnnotations">,
  parts: TraefikParts,
): Workload => ({
  name: programs.edge,
  kind: "stateless",
  replicas: config.replicas,
  gracePeriod: drainSeconds + 5,
  restartOn: parts.restartOn,
  service: serviceShape(config.service, serviceAnnotations),
  volumes: [
    { name: "config", type: "configMap", configMap: parts.settings },
    parts.certificate.volume,
    { name: "users", type: "secret", secret: parts.users },
    { name: "identity", type: "secret", secret: parts.identity },
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
        { volume: parts.certificate.volume.name, path: parts.certificate.path },
        { volume: "users", path: folders.users },
        { volume: "identity", path: folders.identity },
      ],
      readiness: { path: "/ping", port: "metrics" },
      liveness: { path: "/ping", port: "metrics" },
      resources: resourcesFor(programs.edge, size),
    },
  ],
});

const web = "web";
const websecure = "websecure";

const serviceShape = (
  service: EnvironmentConfig["edge"]["service"],
  annotations: Readonly<Record<string, string>>,
): ServiceShape =>
  service.type === "nodePort"
    ? { type: "nodePort", nodePorts: { [web]: service.http, [websecure]: service.https } }
    : { type: "loadBalancer", annotations: { ...service.annotations, ...annotations } };
