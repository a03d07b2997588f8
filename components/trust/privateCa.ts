/**
 * A certificate authority of the environment's own. It signs the servers' certificates; clients verify them, and nobody skips.
 * Its private key exists only in Pulumi's state, where it is encrypted, never in the cluster.
 */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { privateCaConfigMap, programLabels } from "../names";

export interface PrivateCaArgs {
  /** Namespace whose programs verify each other with the certificate. */
  readonly namespace: pulumi.Input<string>;
  /** How long the authority lasts, in days. Default 3650: ten years, as renewing it means to give every client the new one. */
  readonly validityDays?: number;
}

export class PrivateCa extends pulumi.ComponentResource {
  /** Certificate of the authority, PEM: what clients trust. */
  readonly certificatePem: pulumi.Output<string>;
  /** ConfigMap in the namespace with the certificate under `ca.crt`. */
  readonly caConfigMapName: pulumi.Output<string>;
  /** Private key, PEM, secret. For `ServerCertificate` alone. */
  readonly privateKeyPem: pulumi.Output<string>;

  constructor(name: string, args: PrivateCaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:edge:PrivateCa", name, {}, opts);
    const parent = { parent: this };
    const key = new tls.PrivateKey(`${name}-key`, keyForm, parent);
    const certificate = new tls.SelfSignedCert(
      `${name}-certificate`,
      authority(key.privateKeyPem, args.validityDays),
      parent,
    );
    const trust = new kubernetes.core.v1.ConfigMap(
      `${name}-trust`,
      {
        metadata: {
          name: privateCaConfigMap.name,
          namespace: args.namespace,
          labels: programLabels(privateCaConfigMap.name),
        },
        data: { [privateCaConfigMap.key]: certificate.certPem },
      },
      parent,
    );
    this.certificatePem = certificate.certPem;
    this.caConfigMapName = trust.metadata.name;
    this.privateKeyPem = pulumi.secret(key.privateKeyPem);
    this.registerOutputs({ certificatePem: this.certificatePem, caConfigMapName: this.caConfigMapName });
  }
}

/** P-256: small, fast to verify, and every client knows it. */
export const keyForm = { algorithm: "ECDSA", ecdsaCurve: "P256" } as const;

const tenYears = 3650;

/** The authority's own certificate. It may sign servers and no further authority. */
export const authority = (privateKeyPem: pulumi.Input<string>, days = tenYears): tls.SelfSignedCertArgs => ({
  privateKeyPem,
  subject: { commonName: "moat private CA", organization: "moat" },
  isCaCertificate: true,
  setSubjectKeyId: true,
  validityPeriodHours: days * 24,
  // In the last tenth of its life `pulumi up` makes a new one with the same key, so certificates that it signed stay good.
  earlyRenewalHours: Math.floor((days * 24) / 10),
  allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
});
