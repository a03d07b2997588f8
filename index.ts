/** One environment, as a table of contents. Its configuration: Pulumi.<stack>.yaml, described in docs/config.md. */
import * as pulumi from "@pulumi/pulumi";
import { clusterFor } from "./components/cluster";
import { edgeAddresses } from "./components/edge/dns/addresses";
import { Dns } from "./components/edge/dns/dns";
import { externalDnsAnnotations } from "./components/edge/dns/externalDns";
import { Edge } from "./components/edge/edge";
import { grafanaFor } from "./components/grafana";
import { checkCredential } from "./components/keystone/check";
import { Metrics } from "./components/metrics/metrics";
import { afterDefinitions } from "./components/metrics/operatorCrds";
import { SelfMonitoring } from "./components/metrics/selfMonitoring";
import { objectStoreFor } from "./components/storage";
import { MetricsAccess } from "./components/tenancy/access";
import { TenantAdmission } from "./components/tenancy/admission";
import { AdmissionWebhook } from "./components/tenancy/admissionWebhook";
import { PlatformNamespace } from "./components/tenancy/platformNamespace";
import { ReadGateway } from "./components/tenancy/readGateway";
import { Tenants } from "./components/tenancy/tenants";
import { ClientAuthority } from "./components/trust/clientAuthority";
import { PrivateCa } from "./components/trust/privateCa";
import { fromMirrors } from "./components/workload/registryMirrors";
import { loadConfig } from "./config";

const config = loadConfig();
checkCredential(config);

// Where it runs, and the closed room that the platform gets there.
const images = fromMirrors(config.registryMirrors);
const cluster = clusterFor("cluster", { config }, images);
const onCluster = { ...images, providers: { kubernetes: cluster.provider, ...cluster.cloud } };
const room = new PlatformNamespace("platform", { config, dns: cluster.dns }, onCluster);
const inRoom = { ...onCluster, dependsOn: room };

// Who trusts whom, and where blocks are kept.
const ca = new PrivateCa("private-ca", { namespace: room.name }, inRoom);
const objectStore = objectStoreFor("object-store", { config, signal: "metrics", ca }, inRoom);

// Scrape, store, query, alert.
const metrics = new Metrics("metrics", { namespace: config.platformNamespace, config, objectStore }, inRoom);

// What has a monitor needs its kind first.
const monitored = pulumi.mergeOptions(inRoom, afterDefinitions(metrics.definitions));

// The door for tenants, and the routes to it.
const access = new MetricsAccess("access", { operators: config.operators }, onCluster);
const readers = new ClientAuthority("readers");
const gateway = new ReadGateway(
  "read-gateway",
  {
    namespace: config.platformNamespace,
    replicas: config.readGateway.replicas,
    size: config.size,
    ca,
    clients: readers,
    queries: metrics.tenantQueries,
    thanos: config.thanos,
  },
  monitored,
);
// Dashboards for people, where they are wanted.
const served = { grafana: config.grafana.kind !== "none" };
const grafana = grafanaFor("grafana", { config, ca, readers, readGatewayHost: gateway.host }, monitored);

const edge = new Edge(
  "edge",
  {
    namespace: config.platformNamespace,
    clusterName: config.clusterName,
    config: config.edge,
    serviceAnnotations: externalDnsAnnotations(config.edge.domain, config.dns, served),
    size: config.size,
    ca,
    readGatewayHost: gateway.host,
    operatorQueryHost: metrics.operatorQueryHost,
    grafanaHost: grafana?.host,
  },
  monitored,
);
const dns = new Dns(
  "dns",
  {
    namespace: config.platformNamespace,
    clusterName: config.clusterName,
    size: config.size,
    domain: config.edge.domain,
    served,
    config: config.dns,
    addresses: edgeAddresses({
      configured: config.edge.addresses,
      ofCluster: cluster.edgeAddresses,
      ofLoadBalancer: edge.loadBalancer,
    }),
  },
  monitored,
);

// What tenants may apply, and what it becomes.
const admission = new TenantAdmission(
  "admission",
  { platformNamespace: config.platformNamespace },
  onCluster,
);
const webhook = new AdmissionWebhook(
  "admission-webhook",
  { namespace: config.platformNamespace, size: config.size, metrics: config.metrics, ca },
  monitored,
);

// The platform watched by itself.
new SelfMonitoring(
  "self-monitoring",
  {
    namespace: config.platformNamespace,
    config,
    certificates: {
      "read-gateway": gateway.certificateExpiry,
      "admission-webhook": webhook.certificateExpiry,
      "edge-identity": edge.identityExpiry,
      ...grafana?.certificates,
    },
  },
  monitored,
);

// The tenants themselves.
const tenancy = new Tenants(
  "tenants",
  { config, dns: cluster.dns, readerRole: access.readerRole, metrics, webhook, scraping: metrics },
  { ...onCluster, dependsOn: admission },
);

/** Base url of the Prometheus API for tenants: bearer token, namespace header. */
export const readGatewayUrl = edge.readGatewayUrl;
/** The query UI of operators; user `admin`. */
export const queryUrl = edge.queryUrl;
/** Its password. Secret: `pulumi stack output queryPassword --show-secrets`. */
export const queryPassword = edge.adminPassword;
/** Dashboards, for people of tenants and for the user `admin`; null where there is no Grafana. */
export const grafanaUrl = grafana?.url ?? null;
/** The administrator's password in Grafana, or null. Secret. */
export const grafanaPassword = grafana?.adminPassword ?? null;
/** Records that a human must make so that the urls resolve; empty where they are made by us or the cluster. */
export const dnsRecords = dns.missing;
/** PEM of the private CA: of all certificates inside the cluster. */
export const caCertificate = ca.certificatePem;
/** PEM of the authority by which clients verify the edge; null where it is one that their system knows. */
export const edgeCaCertificate = config.edge.tls.kind === "privateCa" ? ca.certificatePem : null;
/** Tenants by name: namespaces and the service account for the data source. */
export const tenants = tenancy.outputs;
/** Kubeconfig of an administrator, where the environment made its cluster itself; else null. Secret. */
export const kubeconfig = cluster.kubeconfig ?? null;
/** Clusters by the value of the label `cluster`. */
export const clusters = pulumi.output([config.clusterName]);
