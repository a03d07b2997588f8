/**
 * Writes the records of a challenge into Designate when cert-manager says so:
 * cert-manager → API server —aggregated API→ solver → Designate. Its own TLS is of the private CA.
 */
import * as kubernetes from "@pulumi/kubernetes";
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { ChallengeConfig } from "../../../config/edgeTls";
import { edgeImages } from "../../../versions";
import { edgePrograms, ports, programLabels } from "../../names";
import type { PrivateCa } from "../../trust/privateCa";
import { ServerCertificate } from "../../trust/serverCertificate";
import { KubernetesWorkload } from "../../workload/kubernetes";
import { resourcesFor, type Size } from "../../workload/sizes";
import type { Workload } from "../../workload/workload";

/** As the solver registers itself. */
export const solverGroup = "acme.syseleven.de";
export const solverName = "designatedns";

export interface DesignateSolverArgs {
  readonly namespace: string;
  /** Resource requests. */
  readonly size: Size;
  readonly ca: PrivateCa;
  readonly challenge: Extract<ChallengeConfig, { type: "designate" }>;
  /** Service account of cert-manager, which alone may call it. */
  readonly caller: pulumi.Input<string>;
  /** What its credential's name in the cloud begins with. */
  readonly clusterName: string;
}

const name = edgePrograms.designateSolver;

export class DesignateSolver extends pulumi.ComponentResource {
  constructor(resource: string, args: DesignateSolverArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:edge:DesignateSolver", resource, {}, opts);
    const parent = { parent: this };
    const { namespace, ca, challenge } = args;
    const metadata = { name, namespace, labels: programLabels(name) };
    const certificate = new ServerCertificate(
      `${resource}-certificate`,
      { ca, namespace, dnsNames: [`${name}.${namespace}.svc`] },
      parent,
    );
    const secret = credentialSecret(resource, args, this);
    const account = new kubernetes.core.v1.ServiceAccount(
      `${resource}-account`,
      { metadata, automountServiceAccountToken: false },
      parent,
    );
    const rights = solverRights(resource, { ...args, account: account.metadata.name }, this);
    const served = new KubernetesWorkload(
      `${resource}-solver`,
      {
        namespace,
        workload: designateSolver(args, {
          account: account.metadata.name,
          certificate: certificate.secretName,
          credential: secret.metadata.name,
          restartOn: pulumi.interpolate`${certificate.certificatePem}${challenge.caCertificate ?? ""}`,
        }),
      },
      { parent: this, dependsOn: rights },
    );
    new kubernetes.apiregistration.v1.APIService(
      `${resource}-api`,
      {
        metadata: { name: `v1alpha1.${solverGroup}`, labels: programLabels(name) },
        spec: {
          group: solverGroup,
          version: "v1alpha1",
          groupPriorityMinimum: 1000,
          versionPriority: 15,
          caBundle: ca.certificatePem.apply((pem) => Buffer.from(pem).toString("base64")),
          service: { name: served.serviceName, namespace, port: ports.designateSolver },
        },
      },
      parent,
    );
    this.registerOutputs({});
  }
}

/** A credential for records, by which the solver comes; it makes no further ones. */
function credentialSecret(
  resource: string,
  { namespace, challenge, clusterName }: DesignateSolverArgs,
  parent: pulumi.Resource,
): kubernetes.core.v1.Secret {
  const credential = new openstack.identity.ApplicationCredential(
    `${resource}-credential`,
    {
      region: challenge.region,
      name: `${clusterName}-edge-certificates`,
      description: `Records of ACME challenges for the edge of ${clusterName}`,
      roles: [...challenge.roles],
      unrestricted: false,
      ...(challenge.accessRules && { accessRules: recordRules }),
    },
    { parent, additionalSecretOutputs: ["secret"] },
  );
  return new kubernetes.core.v1.Secret(
    `${resource}-credential-secret`,
    {
      metadata: { name, namespace, labels: programLabels(name) },
      stringData: {
        id: credential.id,
        secret: pulumi.secret(credential.secret),
        ...(challenge.caCertificate !== undefined && { "ca.crt": challenge.caCertificate }),
      },
    },
    { parent },
  );
}

/** All that the solver asks of Designate. */
export const recordRules = [
  { method: "GET", path: "/v2/zones" },
  { method: "GET", path: "/v2/zones/*/recordsets" },
  { method: "POST", path: "/v2/zones/*/recordsets" },
  { method: "DELETE", path: "/v2/zones/*/recordsets/*" },
].map((rule) => ({ service: "dns", ...rule }));

/** The API server's usual arrangement with one that extends it, and who may call this one. */
function solverRights(
  resource: string,
  { namespace, caller, account }: DesignateSolverArgs & { readonly account: pulumi.Input<string> },
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const bound = (part: string, rules: typeof solverRules, subject: pulumi.Input<string>) => {
    const metadata = { name: `${namespace}-${name}-${part}`, labels: programLabels(name) };
    const role = new kubernetes.rbac.v1.ClusterRole(`${resource}-${part}`, { metadata, rules }, { parent });
    return new kubernetes.rbac.v1.ClusterRoleBinding(
      `${resource}-${part}-binding`,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name: subject, namespace }],
      },
      { parent },
    );
  };
  return [
    bound("server", solverRules, account),
    bound("calls", [{ apiGroups: [solverGroup], resources: [solverName], verbs: ["create"] }], caller),
  ];
}

interface Rule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly resourceNames?: string[];
  readonly verbs: string[];
}

/** What every server that extends the API does: it reads by which certificate the API server comes, and asks it who may call. */
const solverRules: Rule[] = [
  {
    apiGroups: [""],
    resources: ["configmaps"],
    resourceNames: ["extension-apiserver-authentication"],
    verbs: ["get", "list", "watch"],
  },
  { apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] },
  { apiGroups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"], verbs: ["create"] },
];

interface SolverParts {
  readonly account: pulumi.Input<string>;
  readonly certificate: pulumi.Input<string>;
  readonly credential: pulumi.Input<string>;
  readonly restartOn: pulumi.Input<string>;
}

const folders = { tls: "/tls", cloud: "/cloud" } as const;

/** The solver as a plain description. Two, as namespaces cannot be deleted while an API of the cluster does not answer. */
export const designateSolver = (
  { challenge, size }: Pick<DesignateSolverArgs, "challenge" | "size">,
  { account, certificate, credential, restartOn }: SolverParts,
): Workload => ({
  name,
  kind: "stateless",
  replicas: 2,
  identity: { account, mountToken: true },
  restartOn,
  volumes: [
    { name: "tls", type: "secret", secret: certificate },
    { name: "cloud", type: "secret", secret: credential },
  ],
  containers: [
    {
      name,
      image: edgeImages.designateSolver,
      args: [
        `--secure-port=${ports.designateSolver}`,
        `--tls-cert-file=${folders.tls}/tls.crt`,
        `--tls-private-key-file=${folders.tls}/tls.key`,
      ],
      env: {
        OS_AUTH_URL: challenge.authUrl,
        OS_REGION_NAME: challenge.region,
        OS_APPLICATION_CREDENTIAL_ID: { secret: credential, key: "id" },
        OS_APPLICATION_CREDENTIAL_SECRET: { secret: credential, key: "secret" },
        ...(challenge.caCertificate !== undefined && { OPENSTACK_CA_FILE: `${folders.cloud}/ca.crt` }),
      },
      ports: [{ name: "https", number: ports.designateSolver }],
      mounts: [
        { volume: "tls", path: folders.tls },
        ...(challenge.caCertificate === undefined ? [] : [{ volume: "cloud", path: folders.cloud }]),
      ],
      readiness: { path: "/healthz", port: "https", scheme: "https" },
      liveness: { path: "/healthz", port: "https", scheme: "https" },
      resources: resourcesFor(name, size),
    },
  ],
});
