/**
 * The keys of the cluster, made before it exists. k3s takes authorities that it finds at its first start instead of making some, so
 * whoever has Pulumi's state can sign a client's certificate, and nobody has to fetch a kubeconfig from a machine.
 *
 * server CA → API server's certificates (made by k3s); client CA → `pulumi`'s certificate (made here), components' (made by k3s)
 */
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { keyForm } from "../../trust/privateCa";

/** Certificate and key of an authority, PEM. */
export interface KeyPair {
  readonly certificate: pulumi.Output<string>;
  readonly key: pulumi.Output<string>;
}

/** Members of this group administer the cluster by a ClusterRoleBinding, which can be taken away; `system:masters` cannot. */
export const administrators = "moat:administrators";

export interface AuthorityArgs {
  /** Name of the cluster, which people see in the certificates. */
  readonly cluster: string;
}

export class Authority extends pulumi.ComponentResource {
  readonly serverCa: KeyPair;
  readonly clientCa: KeyPair;
  /** Client certificate for administrators; `pulumi up` renews it in its last 90 days, without a word to the machines. */
  readonly administrator: KeyPair;
  /** What a server shows to join. Secret. */
  readonly serverToken: pulumi.Output<string>;
  /** What an agent shows to join; it opens less. Secret. */
  readonly agentToken: pulumi.Output<string>;

  constructor(name: string, args: AuthorityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:cluster:OpenStackAuthority", name, {}, opts);
    const parent = { parent: this };
    this.serverCa = authority(`${name}-server-ca`, `${args.cluster} server CA`, parent);
    this.clientCa = authority(`${name}-client-ca`, `${args.cluster} client CA`, parent);

    const key = new tls.PrivateKey(`${name}-administrator-key`, keyForm, parent);
    const request = new tls.CertRequest(
      `${name}-administrator-request`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: "pulumi", organization: administrators },
      },
      parent,
    );
    const certificate = new tls.LocallySignedCert(
      `${name}-administrator-certificate`,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: this.clientCa.key,
        caCertPem: this.clientCa.certificate,
        allowedUses: ["digital_signature", "client_auth"],
        validityPeriodHours: 365 * 24,
        earlyRenewalHours: 90 * 24,
      },
      parent,
    );
    this.administrator = { certificate: certificate.certPem, key: pulumi.secret(key.privateKeyPem) };

    const token = (part: string) =>
      pulumi.secret(
        new random.RandomPassword(`${name}-${part}-token`, { length: 64, special: false }, parent).result,
      );
    this.serverToken = token("server");
    this.agentToken = token("agent");
    this.registerOutputs({});
  }
}

function authority(name: string, commonName: string, opts: pulumi.CustomResourceOptions): KeyPair {
  const key = new tls.PrivateKey(`${name}-key`, keyForm, opts);
  const certificate = new tls.SelfSignedCert(
    `${name}-certificate`,
    {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName, organization: "moat" },
      isCaCertificate: true,
      setSubjectKeyId: true,
      allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
      // As long as the ones that k3s makes. No early renewal: a new authority means a new cluster, which is nothing to happen by itself.
      validityPeriodHours: 3650 * 24,
    },
    opts,
  );
  return { certificate: certificate.certPem, key: pulumi.secret(key.privateKeyPem) };
}
