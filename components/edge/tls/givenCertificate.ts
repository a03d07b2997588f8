/** A certificate that somebody gave, in a Secret as programs serve with it. */
import { createPrivateKey } from "node:crypto";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { certificatesOf } from "../../../config/givenCertificate";
import type { PrivateCa } from "../../trust/privateCa";

export interface GivenCertificateArgs {
  /** Namespace of the program that serves with it. */
  readonly namespace: pulumi.Input<string>;
  /** PEM: the server's certificate, then those of who signed it. */
  readonly certificatePem: string;
  /** Its private key, PEM. */
  readonly privateKeyPem: pulumi.Input<string>;
  /** Authority of the programs behind the one that serves; its certificate lies beside, as `ca.crt`. */
  readonly ca: PrivateCa;
}

export class GivenCertificate extends pulumi.ComponentResource {
  /** Secret of type kubernetes.io/tls with `tls.crt`, `tls.key` and `ca.crt`. */
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: GivenCertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:edge:GivenCertificate", name, {}, opts);
    const secret = new kubernetes.core.v1.Secret(
      `${name}-secret`,
      {
        metadata: { name, namespace: args.namespace },
        type: "kubernetes.io/tls",
        stringData: {
          "tls.crt": args.certificatePem,
          "tls.key": pulumi.secret(args.privateKeyPem).apply((key) => matching(args.certificatePem, key)),
          "ca.crt": args.ca.certificatePem,
        },
      },
      { parent: this },
    );
    this.secretName = secret.metadata.name;
    this.registerOutputs({ secretName: this.secretName });
  }
}

/** The key, if it is that of the certificate; an error for the user's eyes if it is not. No part of the key is told. */
export function matching(certificatePem: string, privateKeyPem: string): string {
  const [server] = certificatesOf(certificatePem);
  let matches: boolean;
  try {
    matches = server?.checkPrivateKey(createPrivateKey(privateKeyPem)) === true;
  } catch {
    throw new pulumi.RunError(
      "moat:edgePrivateKey is no private key in PEM without a password\n    → pulumi config set --secret edgePrivateKey < key.pem",
    );
  }
  if (matches) return privateKeyPem;
  throw new pulumi.RunError(
    "moat:edgePrivateKey is not the key of the first certificate in moat:edge.tls.certificate\n    → set the two that belong together; the server's certificate comes first",
  );
}
