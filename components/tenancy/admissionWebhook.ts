/**
 * What CEL cannot judge of what tenants apply:
 * API server —TLS→ `guards admit`: does what the Prometheus Operator makes of a rule read beyond its namespace? What does a monitor that
 * does not say it mean about redirects?
 * Rules fail closed: without an answer none is taken. What monitors say rule T5a judges afterwards, so these need no answer. The program:
 * programs/guards.
 */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../config";
import { toSeconds } from "../../config/quantities";
import { images } from "../../versions";
import { platformReplicas } from "../metrics/replicas";
import { objectLabels, ports, programLabels, programs, tenantLabel } from "../names";
import type { PrivateCa } from "../trust/privateCa";
import { ServerCertificate } from "../trust/serverCertificate";
import { KubernetesWorkload } from "../workload/kubernetes";
import { resourcesFor, type Size } from "../workload/sizes";
import type { Workload } from "../workload/workload";
import { ruleFileBytes } from "./quota";

export interface AdmissionWebhookArgs {
  /** Namespace of the platform; part of the names of what belongs to the whole cluster. */
  readonly namespace: string;
  /** Resource requests; `small` is one copy, others two. */
  readonly size: Size;
  /** How often Prometheus evaluates rules: the step of subqueries that name none. */
  readonly metrics: Pick<EnvironmentConfig["metrics"], "scrapeInterval">;
  /** Authority of its certificate, which the API server verifies. */
  readonly ca: PrivateCa;
}

const program = programs.admissionWebhook;

export class AdmissionWebhook extends pulumi.ComponentResource {
  /** When its certificate ends, RFC 3339. */
  readonly certificateExpiry: pulumi.Output<string>;

  constructor(name: string, args: AdmissionWebhookArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:tenancy:AdmissionWebhook", name, {}, opts);
    const { namespace, ca } = args;
    const certificate = new ServerCertificate(
      `${name}-certificate`,
      // The name by which the API server asks Services.
      { ca, namespace, dnsNames: [`${program}.${namespace}.svc`] },
      { parent: this },
    );
    const workload = new KubernetesWorkload(
      name,
      { namespace, workload: webhook(args, certificate.secretName) },
      { parent: this },
    );
    // Only when somebody answers, and gone before: meanwhile nobody could apply anything.
    const answered = { parent: this, dependsOn: workload };
    const metadata = { name: `${namespace}-${program}`, labels: programLabels(program) };
    const caBundle = ca.certificatePem.apply((pem) => Buffer.from(pem).toString("base64"));
    new kubernetes.admissionregistration.v1.ValidatingWebhookConfiguration(
      `${name}-rules`,
      { metadata, webhooks: [{ ...asked("rules", namespace, caBundle), ...ruleQuestions }] },
      answered,
    );
    new kubernetes.admissionregistration.v1.MutatingWebhookConfiguration(
      `${name}-monitors`,
      { metadata, webhooks: [{ ...asked("monitors", namespace, caBundle), ...monitorQuestions }] },
      answered,
    );
    this.certificateExpiry = certificate.notAfter;
    this.registerOutputs({});
  }
}

const of = (...resources: string[]) => [
  {
    apiGroups: ["monitoring.coreos.com"],
    apiVersions: ["v1"],
    operations: ["CREATE", "UPDATE"],
    resources,
    scope: "Namespaced",
  },
];

/** Who judges what, by the path of the same name. */
const asked = (path: "rules" | "monitors", namespace: string, caBundle: pulumi.Input<string>) => ({
  name: `${path}.moat.dev`,
  clientConfig: { service: { name: program, namespace, path: `/${path}`, port: servicePort }, caBundle },
  namespaceSelector: { matchLabels: { [objectLabels.role]: "tenant" } },
  matchPolicy: "Equivalent",
  sideEffects: "None",
  timeoutSeconds: 5,
  admissionReviewVersions: ["v1"],
});

const ruleQuestions = {
  rules: of("prometheusrules"),
  failurePolicy: "Fail",
  // So that an older object's labels and finalizers can be changed whatever its rules are, and while nobody answers.
  matchConditions: [
    { name: "new-rules", expression: "oldObject == null || object.?spec != oldObject.?spec" },
  ],
};

const monitorQuestions = {
  rules: of("servicemonitors", "podmonitors", "probes"),
  // T5a refuses what still follows redirects.
  failurePolicy: "Ignore",
};

const servicePort = 443;

/** The webhook as a plain description. It needs no rights: it knows what it is told. */
export const webhook = (
  { size, metrics }: Pick<AdmissionWebhookArgs, "size" | "metrics">,
  certificate: pulumi.Input<string>,
): Workload => ({
  name: program,
  kind: "stateless",
  replicas: platformReplicas(size),
  volumes: [{ name: "tls", type: "secret", secret: certificate }],
  containers: [
    {
      name: program,
      image: images.guards,
      args: [
        "admit",
        `--listen-address=0.0.0.0:${ports.admissionWebhook}`,
        `--http-address=0.0.0.0:${ports.admissionWebhookHttp}`,
        `--label=${tenantLabel}`,
        `--default-evaluation-interval=${toSeconds(metrics.scrapeInterval)}s`,
        `--max-rule-file-bytes=${ruleFileBytes}`,
        // Read anew for every connection, so that a renewal restarts nothing.
        "--tls-cert=/etc/tls/tls.crt",
        "--tls-key=/etc/tls/tls.key",
      ],
      ports: [
        { name: "https", number: ports.admissionWebhook, service: servicePort },
        { name: "metrics", number: ports.admissionWebhookHttp, internal: true, metrics: {} },
      ],
      mounts: [{ volume: "tls", path: "/etc/tls" }],
      readiness: { path: "/-/ready", port: "metrics" },
      liveness: { path: "/-/healthy", port: "metrics" },
      resources: resourcesFor(program, size),
    },
  ],
});
