/**
 * The configuration of an environment: every key of `moat:` in Pulumi.<stack>.yaml, with its meaning, unit and default.
 * docs/config.md and the section `config` of Pulumi.yaml are printed from it: npx tsx docs/generate.ts
 */
import { z } from "zod";
import { policySettings } from "../policies/settings";
import { clusterDns } from "./clusterDns";
import { dns } from "./dns";
import { edgeTls } from "./edgeTls";
import { eksCluster } from "./eksCluster";
import { certificatePem, dnsLabel, range, replicas, size, text } from "./fields";
import { grafana } from "./grafana";
import { magnumCluster } from "./magnumCluster";
import { openstackCluster } from "./openstackCluster";
import { isCpu, isDuration } from "./quantities";
import { registryMirrors } from "./registryMirrors";

// A title is the type's name in docs/config.md.
const duration = z
  .string()
  .refine(isDuration, {
    error:
      "must be one whole number above 0 and a unit (s, m, h, d, w, y), such as 90s, 2h or 30d, and at most 100y",
  })
  .meta({ title: "duration" });
const cpu = z.coerce.string().refine(isCpu, { error: "must be CPU: 4, 0.5, 500m" }).meta({ title: "CPU" });
const count = z.int().positive({ error: "must be 1 or more" });
const portRange = { error: "must be a port, 1 to 65535" };
const port = z.int().min(1, portRange).max(65_535, portRange).meta({ title: "port" });
const subject = z.string().min(1, { error: "must not be empty" });
const people = z
  .strictObject({
    users: z.array(subject).default([]).describe("People, by Kubernetes user name"),
    groups: z.array(subject).default([]).describe("Groups, by Kubernetes group name"),
  })
  .prefault({});

/** A host as rules of tenants compare it: `*.example.org` is every host below example.org. */
const host = z
  .string()
  .regex(/^(\*|(\*\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]*[a-z0-9])?)$/, {
    error: "must be a host in lower case without scheme and port, *.example.org for all below it, or *",
  })
  .meta({ title: "host" });

const bucket = z
  .string()
  .regex(/^[a-z0-9][-.a-z0-9]{1,61}[a-z0-9]$/, {
    error: "must be 3 to 63 lower-case letters, digits, dots and dashes",
  })
  .meta({ title: "bucket name" });

/** Names of buckets and containers are this and the signal: `<prefix>-metrics`. */
const bucketPrefix = dnsLabel(50).describe(
  "What names of buckets begin with: `<bucketPrefix>-metrics` keeps blocks. In AWS no other account may have the name",
);

const endpoint = z.string().regex(/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?(:[1-9]\d{0,4})?$/, {
  error: "must be a host, with a port if it is not 443, and no https:// before it",
});

const protect = z
  .boolean()
  .default(true)
  .describe(
    "Makes Pulumi refuse to delete or replace buckets, and leave them in the cloud even when they leave its state. `false` lifts it, with the next `pulumi up`",
  );

const awsStore = z.strictObject({
  kind: z
    .literal("aws")
    .describe("Buckets that are made in AWS S3: private, encrypted, with versions, reached by TLS alone"),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: "must be an AWS region such as eu-central-1" })
    .describe("AWS region of the buckets, such as `eu-central-1`"),
  bucketPrefix,
  identity: z
    .discriminatedUnion("type", [
      z.strictObject({
        type: z.literal("podIdentity").describe("A role for the platform's pods on EKS, and no key at all"),
        cluster: z
          .string()
          .regex(/^[A-Za-z0-9][-_A-Za-z0-9]{0,99}$/, { error: "must be the name of an EKS cluster" })
          .describe("Name of the EKS cluster; it must run the add-on `eks-pod-identity-agent`"),
      }),
      z.strictObject({
        type: z
          .literal("accessKey")
          .describe("A user that opens the buckets and nothing else, with a key, for clusters elsewhere"),
      }),
    ])
    .describe(
      "As whom the platform's programs come: `podIdentity`, by a role without a key on EKS, or `accessKey`, by the key of a user on any other cluster",
    ),
  kmsKey: z
    .string()
    .regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[-a-z0-9]+$/, {
      error: "must be the ARN of a KMS key: arn:aws:kms:<region>:<account>:key/<id>",
    })
    .optional()
    .describe("ARN of the KMS key that encrypts objects. Default: S3's own key (AES256)"),
  keepDeletedDays: count
    .default(14)
    .describe("Days for which deleted and overwritten objects can be brought back; then S3 removes them"),
  objectLock: z
    .strictObject({
      mode: z
        .enum(["governance", "compliance"])
        .default("governance")
        .describe(
          "`governance`: who has the right to may lift a lock. `compliance`: nobody may, not even the account's owner",
        ),
      days: count.describe("Days from its upload for which a version cannot be destroyed"),
    })
    .optional()
    .describe(
      "Locks every version against destruction, in buckets that are made with it: it can be switched on only then. Default: no lock",
    ),
  protect,
});

const swiftStore = z.strictObject({
  kind: z
    .literal("swift")
    .describe("Containers that are made in OpenStack Swift, or in Ceph behind Swift's API"),
  endpoint: endpoint.describe(
    "Host of the object storage, with its port if that is not 443. It must speak TLS",
  ),
  region: z
    .string()
    .min(1, { error: "must not be empty" })
    .optional()
    .describe("OpenStack region. Default: the provider's"),
  bucketPrefix,
  access: z
    .discriminatedUnion("api", [
      z.strictObject({
        api: z.literal("s3").describe("Swift's S3 API, with an EC2 credential"),
        signingRegion: z
          .string()
          .default("us-east-1")
          .describe(
            "Region to sign requests for with `s3`: `location` of Swift's s3api, `us-east-1` unless set",
          ),
        userId: z
          .string()
          .regex(/^[0-9a-f]{32,64}$/, {
            error: "must be the id of a user, as `openstack user list` shows it",
          })
          .optional()
          .describe(
            "Application user whose key it is with `s3`; only administrators make keys for others. Default: who runs pulumi",
          ),
      }),
      z.strictObject({
        api: z.literal("native").describe("Swift's own API, with an application credential"),
        authUrl: z
          .string()
          .regex(/^https:\/\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?(:[1-9]\d{0,4})?(\/[-\w/]*)?\/v3$/, {
            error: "must be Keystone's url with https and version: https://keystone.example.org:5000/v3",
          })
          .describe("Keystone with `native`: `https://keystone.example.org:5000/v3`"),
        roles: z
          .array(z.string().min(1, { error: "must not be empty" }))
          .min(1, { error: "must name a role: without any the credential has all of the user's" })
          .default(["member"])
          .describe(
            "Roles that the credential has with `native`, of those that the user who runs pulumi has in the project",
          ),
        largeObjectSize: size
          .default("1Gi")
          .describe("Objects from this size on are sent in pieces of it with `native`; 64Mi to 5Gi"),
        dynamicLargeObjects: z
          .boolean()
          .default(false)
          .describe(
            "Large objects by prefix (DLO) instead of by list (SLO) with `native`, for clouds without SLO",
          ),
      }),
    ])
    .describe("By which API the platform's programs come: `s3` or `native`"),
  caCertificate: certificatePem
    .optional()
    .describe("PEM of the private CA that signs the cloud's certificates. Default: a public CA does"),
  versioning: z
    .boolean()
    .default(true)
    .describe(
      "Keeps deleted and overwritten objects. Needs `allow_object_versioning` in Swift; without it, list an exception from rule S1k. Swift never removes old versions by itself: docs/object-stores.md",
    ),
  protect,
});

const quota = z
  .strictObject({
    // A number is taken too, as YAML and `pulumi config set --path` make one of 4.
    cpu: cpu.default("4").describe("CPU that all pods of one namespace may request"),
    memory: size.default("8Gi").describe("Memory that all pods of one namespace may request and use"),
    pods: count.default(50).describe("Pods in one namespace"),
    storage: size.default("50Gi").describe("Storage that all claims of one namespace may ask for"),
    ephemeralStorage: size
      .default("20Gi")
      .describe(
        "Room on the nodes' disks for all pods of one namespace: logs, what containers write beside their volumes, emptyDir. A container that says nothing gets 256Mi of it",
      ),
  })
  .prefault({});

const scrapeLimits = z
  .strictObject({
    samples: count
      .default(50_000)
      .describe("Samples of one scrape of one target; a larger scrape fails whole"),
    targets: count.default(100).describe("Targets of one scrape job"),
    labels: count.default(40).describe("Labels of one series"),
    labelNameLength: count.default(128).describe("Characters of a label's name"),
    labelValueLength: count.default(1024).describe("Characters of a label's value"),
    bodySize: size.default("16Mi").describe("Bytes of one scrape's answer"),
    keepDroppedTargets: count
      .default(100)
      .describe("Dropped targets of one job that Prometheus remembers for display"),
  })
  .prefault({});

export const tenantSchema = z.strictObject({
  namespaces: z
    .array(dnsLabel(63))
    .min(1, { error: "must name at least one namespace" })
    .optional()
    .describe("Namespaces of the tenant, made and owned by it. Default: one with the tenant's name"),
  users: z
    .array(subject)
    .default([])
    .describe("People who may read the tenant's metrics, by Kubernetes user name"),
  groups: z.array(subject).default([]).describe("Groups whose members may, by Kubernetes group name"),
  authors: people.describe(
    "Who may write monitors, rules and programs in the tenant's namespaces: docs/authors.md. To read metrics is another right, by `users` and `groups`. Default: nobody",
  ),
  egressCidrs: z
    .array(range)
    .default([])
    .describe(
      "Private address ranges that the tenant's pods may reach besides public addresses and their own namespaces",
    ),
  scrapeCredentials: z
    .boolean()
    .default(false)
    .describe(
      "Lets the tenant's monitors refer to secrets of its namespaces (basic auth, tokens, TLS). The operator may then read these namespaces' secrets, and writes what monitors refer to into the one configuration of all tenants: large secrets fill its 1 MiB, and nobody's changes are taken in",
    ),
  probeTargets: z
    .array(host)
    .default([])
    .describe(
      "Hosts that the tenant's probes may ask besides its own Services: `example.org`, `*.example.org` for all below it, `*` for any",
    ),
  receiverHosts: z
    .array(host)
    .default([])
    .describe(
      "Hosts to which the tenant's alerts may be sent, written in the same way. Receivers whose url is in a Secret (Slack, Discord, Teams) need `*`, as nobody sees where they lead",
    ),
  quota: quota.describe("What each of the tenant's namespaces may use"),
  sample: z
    .strictObject({
      series: count
        .max(10_000, { error: "must be 10000 or less" })
        .default(10)
        .describe("Series that the sample application emits"),
    })
    .optional()
    .describe("Runs a sample application that emits metrics in the tenant's first namespace. Default: none"),
});

const existingCluster = z.strictObject({
  // Without a kind this one is meant.
  kind: z
    .literal("existing")
    .default("existing")
    .describe("A cluster that is there already. This is the default"),
  kubeconfig: z
    .string()
    .min(1, { error: "must name a file" })
    .optional()
    .describe("Path of the kubeconfig, from the project's folder. Default: $KUBECONFIG, then ~/.kube/config"),
  context: z.string().optional().describe("Context in it. Default: the current one"),
  apiCidrs: z
    .array(range)
    .default(["0.0.0.0/0"])
    .describe(
      "Where the API server answers; the few programs that talk to it may reach these ranges on 443 and 6443",
    ),
  dns: clusterDns
    .optional()
    .describe(
      "Whom pods ask for names: the walls open this and no other DNS. Default: what the checks find, and without them the pods `k8s-app=kube-dns` of `kube-system`",
    ),
  crds: z
    .enum(["ours", "theirs"])
    .default("ours")
    .describe(
      "Whose definitions of the Prometheus Operator's kinds these are: `ours` are made with the environment, `theirs` are there already and stay as they are",
    ),
  checks: z
    .boolean()
    .default(true)
    .describe(
      "Asks the cluster for its version, storage classes, DNS, other Prometheus Operators and the user's rights before anything is made. `false` is for previews where it cannot be reached",
    ),
});

export const schema = z.strictObject({
  clusterName: dnsLabel(63).describe("Name of this cluster: the external label `cluster` of every series"),
  cluster: z
    .discriminatedUnion("kind", [existingCluster, openstackCluster, magnumCluster, eksCluster])
    .prefault({})
    .describe("The Kubernetes cluster that the environment runs on"),
  platformNamespace: dnsLabel(63).default("moat-system").describe("Namespace of the platform's own programs"),
  size: z
    .enum(["small", "medium", "large"])
    .default("medium")
    .describe(
      "Resource requests: `small` for a laptop, `medium` to about 1 million active series, `large` to about 5 million",
    ),
  objectStore: z
    .discriminatedUnion("kind", [
      z.strictObject({
        kind: z.literal("inCluster").describe("An S3 server in the cluster, one replica: for trials"),
        bucket: bucket.default("moat-metrics").describe("Bucket for metric blocks"),
        storage: size.default("20Gi").describe("Size of its volume"),
        protect: z
          .boolean()
          .default(false)
          .describe("Makes Pulumi refuse to delete or replace the server, whose volume holds the blocks"),
      }),
      z.strictObject({
        kind: z.literal("s3").describe("Any S3 service"),
        endpoint: endpoint.describe(
          "Host of the S3 API, with its port if that is not 443. It must speak TLS",
        ),
        region: text
          .optional()
          .describe(
            "Region to sign requests for. Default: the one that the endpoint's name says, such as `s3.eu-central-1.amazonaws.com`; else `us-east-1`",
          ),
        bucket: bucket.describe("Bucket for metric blocks; must exist, private and encrypted"),
        caCertificate: certificatePem
          .optional()
          .describe("PEM of the private CA that signs the service's certificate. Default: a public CA does"),
      }),
      awsStore,
      swiftStore,
    ])
    .describe(
      "Where blocks are kept: a bucket that is made in AWS or in OpenStack, an S3 server in the cluster, or a bucket of any S3 service; the keys of the latter are the secrets `moat:objectStoreAccessKey` and `moat:objectStoreSecretKey`",
    ),
  metrics: z
    .strictObject({
      replicas: replicas.default(2).describe("Prometheus servers that scrape the tenants, each a full copy"),
      retention: duration.default("7d").describe("How long Prometheus itself keeps samples"),
      blockDuration: duration
        .default("2h")
        .describe(
          "Length of a block before upload. Thanos wants minimum and maximum equal; 2h is the only length tried widely",
        ),
      storage: size.default("20Gi").describe("Volume of each Prometheus"),
      scrapeInterval: duration.default("30s").describe("Default time between scrapes"),
      limits: scrapeLimits.describe(
        "What a tenant's scrapes may bring; enforced, whatever its monitors ask for",
      ),
    })
    .prefault({})
    .describe("The Prometheus servers that scrape the tenants"),
  thanos: z
    .strictObject({
      queryReplicas: replicas.default(2).describe("Thanos Query servers"),
      queryFrontendReplicas: replicas.default(2).describe("Thanos Query Frontend servers"),
      splitInterval: duration.default("24h").describe("Range queries are split into pieces of this length"),
      cacheSize: size.default("256Mi").describe("Response cache of each query frontend, in memory"),
      queryTimeout: duration.default("2m").describe("Longest run of one query"),
      queryConcurrency: count.default(20).describe("Queries that one Thanos Query runs at a time"),
      storeReplicas: replicas.default(1).describe("Store gateways, each serving the whole bucket"),
      storeStorage: size.default("10Gi").describe("Volume of each store gateway: index headers"),
      compactStorage: size
        .default("50Gi")
        .describe("Volume of the compactor: room for the largest set of blocks it merges"),
      retention: z
        .strictObject({
          raw: duration.default("30d").describe("How long raw samples are kept"),
          fiveMinutes: duration.default("60d").describe("How long samples at 5 minutes are kept"),
          oneHour: duration.default("90d").describe("How long samples at 1 hour are kept"),
        })
        .prefault({})
        .describe("How long the bucket keeps each resolution"),
    })
    .prefault({})
    .describe("The programs that answer queries and keep blocks in the bucket"),
  readGateway: z
    .strictObject({ replicas: replicas.default(2).describe("Read gateways") })
    .prefault({})
    .describe("The one door through which tenants read"),
  storageClass: z
    .string()
    .optional()
    .describe("Storage class of all volumes. Default: the cluster's default"),
  registryMirrors,
  edge: z
    .strictObject({
      domain: z
        .string()
        .regex(/^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, {
          error: "must be a DNS name",
        })
        .describe("Domain of the routes: `metrics.<domain>` for tenants, `query.<domain>` for operators"),
      replicas: replicas.default(2).describe("Traefik servers"),
      httpPort: port.default(80).describe("Port under which users reach HTTP, which only redirects"),
      httpsPort: port.default(443).describe("Port under which users reach HTTPS; part of the urls"),
      service: z
        .discriminatedUnion("type", [
          z.strictObject({
            type: z.literal("loadBalancer").describe("A Service of type LoadBalancer"),
            annotations: z.record(z.string(), z.string()).default({}).describe("For the cloud's controller"),
          }),
          z.strictObject({
            type: z.literal("nodePort").describe("A Service of type NodePort"),
            http: port.describe("Port on every node for HTTP"),
            https: port.describe("Port on every node for HTTPS"),
          }),
        ])
        .prefault({ type: "loadBalancer" })
        .describe(
          "How the cluster shows the edge: a load balancer, or ports on every node (`http`, `https`)",
        ),
      addresses: z
        .array(z.string().min(1, { error: "must not be empty" }))
        .min(1, { error: "must name an address" })
        .optional()
        .describe(
          "Where clients reach the edge: IPv4 addresses, IPv6 addresses, or one name. Default: what the cluster says of its load balancer",
        ),
      tls: edgeTls,
    })
    .describe("Routes and TLS"),
  dns,
  grafana,
  operators: people.describe(
    "Who may read the metrics of every namespace through the read gateway. Default: nobody",
  ),
  // Their names end up in object names with parts added, so 40 characters leave room.
  tenants: z
    .record(dnsLabel(40), tenantSchema)
    .default({})
    .describe("Tenants by name. Each reads the metrics of its own namespaces and of no other"),
  policies: policySettings
    .prefault({})
    .describe("How strict the policy pack is, rule by rule. Nothing else reads it"),
});

/** Configuration as written, before defaults. */
export type RawConfig = z.input<typeof schema>;

/** Configuration with every default filled in. */
export type ParsedConfig = z.output<typeof schema>;
