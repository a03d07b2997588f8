/**
 * A cert-manager that serves the platform's namespace and no other: kinds, rights, program. Without its webhook, since only Pulumi and
 * cert-manager itself write these kinds here: docs/decisions/0011-acme.md
 */
import * as pulumi from "@pulumi/pulumi";
import type { ChallengeConfig } from "../../../config/edgeTls";
import { edgeImages, imageRef } from "../../../versions";
import { edgePrograms, ports, programLabels } from "../../names";
import { definitionsFrom } from "../../workload/definitions";
import { KubernetesWorkload } from "../../workload/kubernetes";
import { resourcesFor, type Size } from "../../workload/sizes";
import type { Workload } from "../../workload/workload";
import { controllerAccount } from "../controllerAccount";
import { certManagerCrdFiles } from "./certManagerCrds";
import { certManagerRules } from "./certManagerRights";

export interface CertManagerArgs {
  /** The one namespace that it looks at. */
  readonly namespace: string;
  /** Resource requests. */
  readonly size: Size;
  readonly challenge: ChallengeConfig;
  /** What must be there before it starts: the role by which its pod comes to a cloud. */
  readonly needed: readonly pulumi.Resource[];
}

const name = edgePrograms.certManager;

/** Issuers and Certificates come after all of it and go before it. */
export class CertManager extends pulumi.ComponentResource {
  /** Its service account. */
  readonly account: pulumi.Output<string>;

  constructor(resource: string, args: CertManagerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:edge:CertManager", resource, {}, opts);
    const parent = { parent: this };
    const { namespace, challenge } = args;
    const metadata = { name, namespace, labels: programLabels(name) };
    const definitions = definitionsFrom(`${resource}-crds`, certManagerCrdFiles(), this);
    const { account, binding } = controllerAccount(
      resource,
      { metadata, rules: certManagerRules(challenge.type) },
      parent,
    );
    new KubernetesWorkload(
      `${resource}-controller`,
      { namespace, workload: certManager(args, account) },
      { parent: this, dependsOn: [...definitions, binding, ...args.needed] },
    );
    this.account = account;
    this.registerOutputs({});
  }
}

/** The controller as a plain description. One copy: certificates are renewed weeks ahead, and a minute without it is nothing. */
export const certManager = (args: CertManagerArgs, account: pulumi.Input<string>): Workload => ({
  name,
  kind: "stateless",
  replicas: 1,
  identity: { account, mountToken: true },
  containers: [
    {
      name,
      image: edgeImages.certManager,
      args: certManagerArgs(args),
      ports: [
        { name: "metrics", number: ports.certManagerMetrics, internal: true, metrics: {} },
        { name: "health", number: ports.certManagerHealth, internal: true },
      ],
      liveness: { path: "/livez", port: "health" },
      resources: resourcesFor(name, args.size),
    },
  ],
});

export const certManagerArgs = ({
  namespace,
  challenge,
}: Pick<CertManagerArgs, "namespace" | "challenge">): string[] => [
  // Whatever tenants ask for in theirs has no effect.
  `--namespace=${namespace}`,
  // An update has two of them for a moment.
  `--leader-election-namespace=${namespace}`,
  // Nobody gets a certificate by an annotation on an Ingress.
  "--controllers=*,-ingress-shim",
  `--acme-http01-solver-image=${imageRef(edgeImages.acmeSolver)}`,
  // Otherwise it asks name servers of the world whether a challenge is to be seen; the walls let it ask the cluster's own.
  "--dns01-recursive-nameservers-only=true",
  ...(challenge.type === "route53" && challenge.identity.type === "podIdentity"
    ? ["--issuer-ambient-credentials=true"]
    : []),
];
