/**
 * A certificate of a public authority for the edge's hosts, which cert-manager asks for and renews:
 * authority ←ACME→ cert-manager → Secret → edge; the authority's questions → edge → a pod of the moment, or DNS.
 */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { AcmeConfig } from "../../../config/edgeTls";
import { edgePrograms, ports, programLabels, programs } from "../../names";
import type { PrivateCa } from "../../trust/privateCa";
import type { Size } from "../../workload/sizes";
import { challengeRights, Route53Access } from "../route53Access";
import type { CertificateSource } from "../traefik";
import { CertManager } from "./certManager";
import { DesignateSolver } from "./designateSolver";
import { acmeSecret, certificateSpec, issuerName, issuerSpec, route53Secret, solverLabels } from "./issuer";

export interface AcmeCertificateArgs {
  readonly namespace: string;
  readonly config: AcmeConfig;
  /** The edge's hosts, by first label. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Resource requests of what is installed for it. */
  readonly size: Size;
  /** Authority inside the cluster. */
  readonly ca: PrivateCa;
  /** What names in clouds begin with. */
  readonly clusterName: string;
}

export class AcmeCertificate extends pulumi.ComponentResource {
  /** Secret with `tls.crt` and `tls.key`. There is none before the authority's first answer. */
  readonly secretName: string = acmeSecret;
  /** As the edge serves it. */
  readonly source: CertificateSource;

  constructor(name: string, args: AcmeCertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:edge:AcmeCertificate", name, {}, opts);
    const { namespace, config, hosts } = args;
    const { challenge } = config;
    const access = challenge.type === "route53" ? route53For(name, args, challenge, this) : [];
    const manager =
      config.certManager === "installed"
        ? new CertManager(
            `${name}-cert-manager`,
            { namespace, size: args.size, challenge, needed: access },
            { parent: this },
          )
        : undefined;
    const solver =
      challenge.type === "designate" && manager !== undefined
        ? new DesignateSolver(
            `${name}-designate`,
            { ...args, challenge, caller: manager.account },
            { parent: this },
          )
        : undefined;

    const metadata = { name: programs.edge, namespace, labels: programLabels(programs.edge) };
    // They go in the opposite order. cert-manager holds each question that it has begun until it has cleared it away, and the definitions
    // could not go while a question is there.
    const workers = [...access, ...(manager ? [manager] : []), ...(solver ? [solver] : [])];
    const issuer = new kubernetes.apiextensions.CustomResource(
      `${name}-issuer`,
      {
        apiVersion: "cert-manager.io/v1",
        kind: "Issuer",
        metadata: { ...metadata, name: issuerName(config) },
        spec: issuerSpec(config, hosts),
      },
      { parent: this, dependsOn: workers },
    );
    new kubernetes.apiextensions.CustomResource(
      `${name}-certificate`,
      {
        apiVersion: "cert-manager.io/v1",
        kind: "Certificate",
        metadata,
        spec: certificateSpec(issuerName(config), hosts),
      },
      { parent: this, dependsOn: issuer },
    );
    this.source = {
      algorithm: "ecdsa",
      live: true,
      challenges: challenge.type === "http01" ? solverServices(name, args, this) : {},
    };
    this.registerOutputs({});
  }
}

/** A Service for each host, before the pods that will answer for it: the edge's routes are written once. By host, its name in the cluster. */
function solverServices(
  name: string,
  { namespace, hosts }: AcmeCertificateArgs,
  parent: pulumi.Resource,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(hosts).map(([label, host]) => {
      const service = `${edgePrograms.acmeSolver}-${label}`;
      new kubernetes.core.v1.Service(
        `${name}-solver-${label}`,
        {
          metadata: {
            name: service,
            namespace,
            labels: programLabels(edgePrograms.acmeSolver),
            // There is no pod but for a minute now and then, and Pulumi would wait for one.
            annotations: { "pulumi.com/skipAwait": "true" },
          },
          spec: {
            type: "ClusterIP",
            selector: solverLabels(label),
            ports: [{ name: "http", port: ports.acmeSolver, targetPort: ports.acmeSolver, protocol: "TCP" }],
          },
        },
        { parent },
      );
      return [host, `${service}.${namespace}.svc`];
    }),
  );
}

type Route53Challenge = Extract<AcmeConfig["challenge"], { type: "route53" }>;

/** What must be there before cert-manager is asked: the right to write the challenges' records, and the key if it comes by one. */
function route53For(
  name: string,
  { namespace, hosts, clusterName }: AcmeCertificateArgs,
  { identity, zoneId }: Route53Challenge,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const access = new Route53Access(
    `${name}-route53`,
    {
      identity,
      namespace,
      serviceAccount: edgePrograms.certManager,
      awsName: `${clusterName}-edge-certificates`,
      policy: challengeRights(zoneId, Object.values(hosts)),
    },
    { parent },
  );
  if (access.key === undefined) return [access];
  const secret = new kubernetes.core.v1.Secret(
    `${name}-route53-key`,
    {
      metadata: { name: route53Secret.name, namespace },
      stringData: { [route53Secret.id]: access.key.id, [route53Secret.key]: access.key.secret },
    },
    { parent },
  );
  return [access, secret];
}
