import * as pulumi from "@pulumi/pulumi";

export interface PrivateCaArgs {
  /** Namespace whose programs verify each other with the certificate. */
  readonly namespace: pulumi.Input<string>;
  /** How long the authority lasts, in days. Default 3650: ten years. */
  readonly validityDays?: number;
}

export class PrivateCa extends pulumi.ComponentResource {
  /** Certificate of the authority, PEM: what clients trust. */
  readonly certificatePem: pulumi.Output<string>;
  /** ConfigMap in the namespace with the certificate under `ca.crt`. */
  readonly caConfigMapName: pulumi.Output<string>;
  /** Private key, PEM, secret. Only `ServerCertificate` uses it; it stays in Pulumi's encrypted state. */
  readonly privateKeyPem: pulumi.Output<string>;

  constructor(name: string, args: PrivateCaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:edge:PrivateCa", name, {}, opts);
    this.certificatePem = pulumi.output("");
    this.caConfigMapName = pulumi.output(args.namespace);
    this.privateKeyPem = pulumi.secret("");
    this.registerOutputs({ certificatePem: this.certificatePem, caConfigMapName: this.caConfigMapName });
  }
}
