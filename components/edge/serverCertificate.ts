import * as pulumi from "@pulumi/pulumi";
import type { PrivateCa } from "./privateCa";

export interface ServerCertificateArgs {
  /** Authority that signs it. */
  readonly ca: PrivateCa;
  /** Namespace of the program that serves with it. */
  readonly namespace: pulumi.Input<string>;
  /** Names under which clients reach the program. */
  readonly dnsNames: readonly pulumi.Input<string>[];
}

export class ServerCertificate extends pulumi.ComponentResource {
  /** Secret of type kubernetes.io/tls with `tls.crt` (server, then authority), `tls.key` and `ca.crt`. */
  readonly secretName: pulumi.Output<string>;
  /** The certificate, PEM. Changes at every renewal, so it serves as `restartOn` of programs that read it once. */
  readonly certificatePem: pulumi.Output<string>;

  constructor(name: string, args: ServerCertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:edge:ServerCertificate", name, {}, opts);
    this.secretName = pulumi.output(`${name}-tls`);
    this.certificatePem = args.ca.certificatePem;
    this.registerOutputs({ secretName: this.secretName });
  }
}
