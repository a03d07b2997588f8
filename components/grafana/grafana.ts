/**
 * Dashboards for people: edge —TLS→ Grafana —the tenant's certificate and its namespaces→ read gateway. Each tenant has an organisation
 * with one data source, whose certificate opens that tenant's namespaces and nothing else; so even Grafana shows no tenant another's.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { stringify } from "yaml";
import type { EnvironmentConfig } from "../../config";
import type { GrafanaConfig } from "../../config/grafana";
import { ports, programLabels, programs } from "../names";
import { grafanaUser } from "../tenancy/tenant";
import { type ClientAuthority, ClientCertificate } from "../trust/clientAuthority";
import type { PrivateCa } from "../trust/privateCa";
import { ServerCertificate } from "../trust/serverCertificate";
import { KubernetesWorkload } from "../workload/kubernetes";
import { dashboards } from "./dashboards/overview";
import { files, readerFiles, secretFiles } from "./places";
import { dashboardProviders, dataSources } from "./provisioning";
import { iniText } from "./settings";
import { authoritiesOf, grafana } from "./workload";

export interface GrafanaArgs {
  /** Namespace of the platform. */
  readonly namespace: string;
  readonly grafana: GrafanaConfig;
  /** Tenants, operators, sizes and times of queries. */
  readonly config: EnvironmentConfig;
  /** Where people reach it, without a path. */
  readonly url: string;
  /** Authority of its own certificate and of the read gateway's. */
  readonly ca: PrivateCa;
  /** Who signs what it shows the read gateway. */
  readonly readers: ClientAuthority;
  /** Service host of the read gateway. */
  readonly readGatewayHost: pulumi.Input<string>;
}

export class Grafana extends pulumi.ComponentResource {
  /** `<service>.<namespace>.svc`; HTTPS on `ports.grafana`. */
  readonly host: pulumi.Output<string>;
  /** Where people reach it. */
  readonly url: pulumi.Output<string>;
  /** Password of the user `admin`. Secret. */
  readonly adminPassword: pulumi.Output<string>;
  /** When its own certificate and those for tenants end, RFC 3339, by whose it is. */
  readonly certificates: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: GrafanaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:grafana:Grafana", name, {}, opts);
    const parent = { parent: this };
    const { namespace, ca } = args;
    const { tenants } = args.config;
    const { database } = args.grafana;
    const keepsData = database.kind === "postgres" || database.protect;
    const metadata = (part?: string) => ({
      name: part === undefined ? programs.grafana : `${programs.grafana}-${part}`,
      namespace,
      labels: programLabels(programs.grafana),
    });

    const certificate = new ServerCertificate(
      `${name}-certificate`,
      { ca, namespace, dnsNames: dnsNames(namespace) },
      parent,
    );
    const clients = tenants.map((tenant) => ({
      tenant,
      certificate: new ClientCertificate(
        `${name}-reader-${tenant.name}`,
        { authority: args.readers, user: grafanaUser(tenant.name) },
        parent,
      ),
    }));
    const password = new random.RandomPassword(`${name}-password`, { length: 32, special: false }, parent);
    // With it Grafana encrypts what it keeps. A new one would leave it unable to read the old.
    const encryptionKey = new random.RandomPassword(
      `${name}-encryption-key`,
      { length: 64, special: false },
      { parent: this, protect: keepsData },
    );
    const secretSettings = {
      [secretFiles.adminPassword]: pulumi.secret(password.result),
      [secretFiles.encryptionKey]: pulumi.secret(encryptionKey.result),
      ...givenSecrets(args.grafana),
    };
    const secrets = new kubernetes.core.v1.Secret(
      `${name}-secrets`,
      { metadata: metadata(), stringData: secretSettings },
      parent,
    );
    const readers = new kubernetes.core.v1.Secret(
      `${name}-readers`,
      { metadata: metadata("readers"), stringData: Object.assign({}, ...clients.map(readerData)) },
      parent,
    );
    const texts = pulumi.output(args.readGatewayHost).apply((host) => settingsFiles(args, host));
    const settings = new kubernetes.core.v1.ConfigMap(
      `${name}-settings`,
      { metadata: metadata(), data: texts },
      parent,
    );
    const pages = Object.fromEntries(
      Object.entries(dashboards()).map(([file, dashboard]) => [file, JSON.stringify(dashboard)]),
    );
    const dashboardFiles = new kubernetes.core.v1.ConfigMap(
      `${name}-dashboards`,
      { metadata: metadata("dashboards"), data: pages },
      parent,
    );
    const authorities = authoritiesOf(args.grafana);
    const authorityFiles = new kubernetes.core.v1.ConfigMap(
      `${name}-authorities`,
      { metadata: metadata("authorities"), data: authorities },
      parent,
    );
    const workload = new KubernetesWorkload(
      name,
      {
        namespace,
        workload: grafana({
          database,
          size: args.config.size,
          storageClass: args.config.storageClass,
          certificate: certificate.secretName,
          secrets: secrets.metadata.name,
          readers: readers.metadata.name,
          settings: settings.metadata.name,
          dashboards: dashboardFiles.metadata.name,
          authorities: authorityFiles.metadata.name,
          // Grafana reads all of them at its start. The sum is of random passwords as well, so it gives none away.
          restartOn: pulumi
            .all([
              texts,
              secretSettings,
              pages,
              authorities,
              certificate.certificatePem,
              ca.certificatePem,
              clients.map((c) => c.certificate.certificatePem),
            ])
            .apply((parts) => JSON.stringify(parts)),
        }),
      },
      { parent: this, protect: database.kind === "volume" && database.protect },
    );

    this.host = workload.host;
    this.url = pulumi.output(args.url);
    this.adminPassword = pulumi.secret(password.result);
    this.certificates = {
      [programs.grafana]: certificate.notAfter,
      ...Object.fromEntries(
        clients.map((c) => [`${programs.grafana}-${c.tenant.name}`, c.certificate.notAfter]),
      ),
    };
    this.registerOutputs({ host: this.host, url: this.url });
  }
}

const dnsNames = (namespace: string): string[] => [
  programs.grafana,
  `${programs.grafana}.${namespace}`,
  `${programs.grafana}.${namespace}.svc`,
  `${programs.grafana}.${namespace}.svc.cluster.local`,
];

/** Secrets of services outside, as far as there are such. */
function givenSecrets({ database, oidc }: GrafanaConfig): Record<string, pulumi.Output<string>> {
  const stack = new pulumi.Config("moat");
  return {
    ...(database.kind === "postgres" && {
      [secretFiles.databasePassword]: stack.requireSecret("grafanaDatabasePassword"),
    }),
    ...(oidc !== undefined && { [secretFiles.oidcSecret]: stack.requireSecret("grafanaOidcClientSecret") }),
  };
}

/** Files of one tenant's data source. */
function readerData({
  tenant,
  certificate,
}: {
  readonly tenant: EnvironmentConfig["tenants"][number];
  readonly certificate: ClientCertificate;
}): Record<string, pulumi.Input<string>> {
  const reader = readerFiles(tenant.name);
  return {
    [reader.certificate]: certificate.certificatePem,
    [reader.key]: certificate.privateKeyPem,
    ...Object.fromEntries(tenant.namespaces.map((namespace, place) => [reader.namespace(place), namespace])),
  };
}

const script = readFileSync(join(__dirname, "files", files.script), "utf8");

/** Settings, the script, and what it makes provisioning files of. */
function settingsFiles({ grafana, config, url }: GrafanaArgs, gatewayHost: string): Record<string, string> {
  const gatewayPort = ports.readGateway;
  return {
    [files.settings]: iniText({ grafana, config, url, gateway: `${gatewayHost}:${gatewayPort}` }),
    [files.script]: script,
    [files.organisations]: config.tenants.map(({ name }) => `${name}\n`).join(""),
    ...Object.fromEntries(
      config.tenants.flatMap((tenant) => [
        [
          `datasources.${tenant.name}.yaml`,
          stringify(dataSources({ tenant, gatewayHost, gatewayPort, config })),
        ],
        [`dashboards.${tenant.name}.yaml`, stringify(dashboardProviders(tenant))],
      ]),
    ),
  };
}
