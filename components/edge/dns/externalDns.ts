/** An external-dns that sees the edge's Service and may change the edge's records in one zone of Route 53. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { DnsConfig, RecordNames } from "../../../config/dns";
import { edgeImages } from "../../../versions";
import { edgePrograms, ports, programLabels, programs, selectorLabels } from "../../names";
import { KubernetesWorkload } from "../../workload/kubernetes";
import { resourcesFor, type Size } from "../../workload/sizes";
import type { Workload } from "../../workload/workload";
import { controllerAccount } from "../controllerAccount";
import { Route53Access, recordRights } from "../route53Access";
import type { Served } from "../traefik";
import { recordNames } from "./records";

type ExternalDnsConfig = Extract<DnsConfig, { kind: "externalDns" }>;

/** Of annotations. Since version 0.22 external-dns reads the first alone, until then the second; the cluster's own may be of either kind. */
const prefixes = ["external-dns.kubernetes.io/", "external-dns.alpha.kubernetes.io/"] as const;

/** What an external-dns reads off the edge's Service. */
export const externalDnsAnnotations = (
  domain: string,
  dns: DnsConfig,
  served?: Served,
): Record<string, string> =>
  dns.kind === "externalDns"
    ? Object.fromEntries(
        prefixes.flatMap((prefix) => [
          [`${prefix}hostname`, recordNames(domain, dns.names, served).join(",")],
          [`${prefix}ttl`, String(dns.ttl)],
        ]),
      )
    : {};

export interface ExternalDnsArgs {
  readonly namespace: string;
  /** Marks records as this environment's, and begins names in AWS. */
  readonly clusterName: string;
  readonly domain: string;
  readonly names: RecordNames;
  /** Which hosts there are. Default: those of every environment. */
  readonly served?: Served;
  readonly install: NonNullable<ExternalDnsConfig["install"]>;
  /** Resource requests. */
  readonly size: Size;
}

const name = edgePrograms.externalDns;

export class ExternalDns extends pulumi.ComponentResource {
  constructor(resource: string, args: ExternalDnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:edge:ExternalDns", resource, {}, opts);
    const parent = { parent: this };
    const { namespace, install } = args;
    const metadata = { name, namespace, labels: programLabels(name) };
    const access = new Route53Access(
      `${resource}-route53`,
      {
        identity: install.identity,
        namespace,
        serviceAccount: name,
        awsName: `${args.clusterName}-edge-records`,
        policy: externalDnsRights(args),
      },
      parent,
    );
    const secret =
      access.key &&
      new kubernetes.core.v1.Secret(
        `${resource}-key`,
        { metadata, stringData: { id: access.key.id, secret: access.key.secret } },
        parent,
      );
    const { account, binding } = controllerAccount(
      resource,
      { metadata, rules: [{ apiGroups: [""], resources: ["services"], verbs: ["get", "list", "watch"] }] },
      parent,
    );
    new KubernetesWorkload(
      `${resource}-controller`,
      {
        namespace,
        workload: externalDns(args, { account, secret: secret?.metadata.name }),
      },
      { parent: this, dependsOn: [access, binding] },
    );
    this.registerOutputs({});
  }
}

/** What stands for `*` in names of records that only say whose another record is. */
const wildcardInOwners = "wildcard";

/** Its records, and beside each one that says whose it is: `a-<name>`, `cname-<name>`. */
export function externalDnsRights({ domain, names, served, install: { zoneId } }: ExternalDnsArgs): string {
  const hosts = recordNames(domain, names, served);
  return recordRights(
    {
      zoneId,
      names: [
        // Route 53 writes a star as its octal code.
        ...hosts.map((host) => host.replace("*", "\\052")),
        ...hosts.map((host) => `*-${host.replace("*", wildcardInOwners)}`),
      ],
      types: ["A", "AAAA", "CNAME", "TXT"],
    },
    { Action: ["route53:ListHostedZones"], Resource: ["*"] },
  );
}

interface ExternalDnsParts {
  readonly account: pulumi.Input<string>;
  /** Secret with a user's key; a role needs none. */
  readonly secret: pulumi.Input<string> | undefined;
}

/** The program as a plain description. One copy: two would write the same records. */
export const externalDns = (args: ExternalDnsArgs, { account, secret }: ExternalDnsParts): Workload => ({
  name,
  kind: "stateless",
  replicas: 1,
  identity: { account, mountToken: true },
  containers: [
    {
      name,
      image: edgeImages.externalDns,
      args: externalDnsArgs(args),
      env: {
        // Route 53 is one service for all regions, and signs for this one.
        AWS_REGION: "us-east-1",
        ...(secret !== undefined && {
          AWS_ACCESS_KEY_ID: { secret, key: "id" },
          AWS_SECRET_ACCESS_KEY: { secret, key: "secret" },
        }),
      },
      ports: [{ name: "metrics", number: ports.externalDns, internal: true, metrics: {} }],
      readiness: { path: "/healthz", port: "metrics" },
      liveness: { path: "/healthz", port: "metrics" },
      resources: resourcesFor(name, args.size),
    },
  ],
});

export const externalDnsArgs = ({ namespace, clusterName, domain, install }: ExternalDnsArgs): string[] => [
  "--source=service",
  // A version that took another one for its own would take every record away.
  `--annotation-prefix=${prefixes[0]}`,
  `--namespace=${namespace}`,
  // With other types it would have to see pods and nodes.
  "--service-type-filter=LoadBalancer",
  `--label-filter=${Object.entries(selectorLabels(programs.edge))
    .map(([key, value]) => `${key}=${value}`)
    .join(",")}`,
  "--provider=aws",
  `--zone-id-filter=${install.zoneId}`,
  `--domain-filter=${domain}`,
  "--managed-record-types=A",
  "--managed-record-types=AAAA",
  "--managed-record-types=CNAME",
  // Records go with the Service, but only those that it made.
  "--policy=sync",
  "--registry=txt",
  `--txt-owner-id=${clusterName}`,
  `--txt-wildcard-replacement=${wildcardInOwners}`,
  `--metrics-address=:${ports.externalDns}`,
];
