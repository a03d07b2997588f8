/** A program's certificate, signed by the private CA, in a Secret. `pulumi up` renews it in its last 30 days. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { keyForm, type PrivateCa } from "./privateCa";

export interface ServerCertificateArgs {
  /** Authority that signs it. */
  readonly ca: PrivateCa;
  /** Namespace of the program that serves with it. */
  readonly namespace: pulumi.Input<string>;
  /** Names under which clients reach the program. */
  readonly dnsNames: readonly pulumi.Input<string>[];
  /** `server`, or `client`: by it the program tells servers who it is. One is never good for the other. Default: `server`. */
  readonly use?: "server" | "client";
}

export class ServerCertificate extends pulumi.ComponentResource {
  /** Secret of type kubernetes.io/tls with `tls.crt` (server, then authority), `tls.key` and `ca.crt`. */
  readonly secretName: pulumi.Output<string>;
  /** The certificate, PEM. Changes at every renewal, so it serves as `restartOn` of programs that read it once. */
  readonly certificatePem: pulumi.Output<string>;
  /** When it ends, RFC 3339. */
  readonly notAfter: pulumi.Output<string>;

  constructor(name: string, args: ServerCertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:edge:ServerCertificate", name, {}, opts);
    const parent = { parent: this };
    const { ca, namespace } = args;
    const key = new tls.PrivateKey(`${name}-key`, keyForm, parent);
    const request = new tls.CertRequest(
      `${name}-request`,
      // The names stand in the alternative names, where clients look; this subject is for people.
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: name, organization: "moat" },
        dnsNames: [...args.dnsNames],
      },
      parent,
    );
    const certificate = new tls.LocallySignedCert(
      `${name}-certificate`,
      {
        ...lifetime,
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: ca.privateKeyPem,
        caCertPem: ca.certificatePem,
        allowedUses: ["digital_signature", `${args.use ?? "server"}_auth`],
        setSubjectKeyId: true,
      },
      parent,
    );
    const secret = new kubernetes.core.v1.Secret(
      `${name}-secret`,
      {
        metadata: { name, namespace },
        type: "kubernetes.io/tls",
        stringData: {
          "tls.crt": pulumi.all([certificate.certPem, ca.certificatePem]).apply(chain),
          "tls.key": key.privateKeyPem,
          "ca.crt": ca.certificatePem,
        },
      },
      parent,
    );
    this.secretName = secret.metadata.name;
    this.certificatePem = certificate.certPem;
    this.notAfter = certificate.validityEndTime;
    this.registerOutputs({ secretName: this.secretName, notAfter: this.notAfter });
  }
}

/** 90 days, as public authorities give; 30 of them are for whoever runs `pulumi up`. */
export const lifetime = { validityPeriodHours: 90 * 24, earlyRenewalHours: 30 * 24 } as const;

/** Certificates in the order in which a server shows them: its own, then who signed it. */
export const chain = (certificates: readonly string[]): string =>
  certificates.map((c) => `${c.trim()}\n`).join("");
