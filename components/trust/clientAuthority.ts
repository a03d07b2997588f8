/**
 * Programs of the platform that read for a tenant show the read gateway a certificate. This authority signs such certificates and nothing
 * else, and the gateway believes no other: who signs servers can make no reader, and who signs readers no server.
 *
 * The common name is the Kubernetes user whom the API server is then asked about, so a certificate opens what a RoleBinding opens to
 * that user. There are no organisations in it: those would be groups.
 */
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { keyForm } from "./privateCa";
import { lifetime } from "./serverCertificate";

export class ClientAuthority extends pulumi.ComponentResource {
  /** What the read gateway verifies clients with, PEM. */
  readonly certificatePem: pulumi.Output<string>;
  /** Private key, PEM, secret. For `ClientCertificate` alone; it exists only in Pulumi's state. */
  readonly privateKeyPem: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("moat:tenancy:ClientAuthority", name, {}, opts);
    const parent = { parent: this };
    const key = new tls.PrivateKey(`${name}-key`, keyForm, parent);
    const certificate = new tls.SelfSignedCert(`${name}-certificate`, authority(key.privateKeyPem), parent);
    this.certificatePem = certificate.certPem;
    this.privateKeyPem = pulumi.secret(key.privateKeyPem);
    this.registerOutputs({ certificatePem: this.certificatePem });
  }
}

const tenYears = 3650;

/** The authority's own certificate. In the last tenth of its life `pulumi up` makes a new one with the same key. */
export const authority = (privateKeyPem: pulumi.Input<string>): tls.SelfSignedCertArgs => ({
  privateKeyPem,
  subject: { commonName: "moat readers CA", organization: "moat" },
  isCaCertificate: true,
  setSubjectKeyId: true,
  validityPeriodHours: tenYears * 24,
  earlyRenewalHours: (tenYears * 24) / 10,
  allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
});

export interface ClientCertificateArgs {
  /** Who signs it. */
  readonly authority: ClientAuthority;
  /** Kubernetes user that its bearer is for the read gateway. */
  readonly user: string;
}

export class ClientCertificate extends pulumi.ComponentResource {
  readonly certificatePem: pulumi.Output<string>;
  /** Secret. */
  readonly privateKeyPem: pulumi.Output<string>;
  /** When it ends, RFC 3339. `pulumi up` renews it in its last 30 days. */
  readonly notAfter: pulumi.Output<string>;

  constructor(name: string, args: ClientCertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:tenancy:ClientCertificate", name, {}, opts);
    const parent = { parent: this };
    const key = new tls.PrivateKey(`${name}-key`, keyForm, parent);
    const request = new tls.CertRequest(
      `${name}-request`,
      { privateKeyPem: key.privateKeyPem, subject: { commonName: args.user } },
      parent,
    );
    const certificate = new tls.LocallySignedCert(
      `${name}-certificate`,
      {
        ...lifetime,
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: args.authority.privateKeyPem,
        caCertPem: args.authority.certificatePem,
        allowedUses: ["digital_signature", "client_auth"],
        setSubjectKeyId: true,
      },
      parent,
    );
    this.certificatePem = certificate.certPem;
    this.privateKeyPem = pulumi.secret(key.privateKeyPem);
    this.notAfter = certificate.validityEndTime;
    this.registerOutputs({ notAfter: this.notAfter });
  }
}
