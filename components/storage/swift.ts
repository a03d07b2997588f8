/**
 * A container that is made in OpenStack Swift (or Ceph behind Swift's API), and a credential for it:
 * pods —EC2 credential→ Swift's S3 API → container, or pods —application credential→ Keystone, Swift → container.
 */
import * as kubernetes from "@pulumi/kubernetes";
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { toBytes } from "../../config/quantities";
import { bucketSecret, s3Config, swiftConfig } from "./bucketConfig";
import type { ObjectStore, Signal } from "./objectStore";

export interface SwiftStoreArgs {
  /** Namespace of the platform. */
  readonly namespace: string;
  /** What the container holds. */
  readonly signal: Signal;
  /** What the container's name begins with; the signal follows: `example-org-moat` makes `example-org-moat-metrics`. */
  readonly bucketPrefix: string;
  /** OpenStack region. Default: the provider's. */
  readonly region?: string | undefined;
  /** Host of the object storage, and port unless 443. */
  readonly endpoint: string;
  /** PEM of the private CA that signs the cloud's certificates. Default: a public one does. */
  readonly caCertificate?: string | undefined;
  /** Keeps deleted and overwritten objects. */
  readonly versioning: boolean;
  /** By which API the platform's programs come, and as whom. */
  readonly access: SwiftAccess;
  /** Makes Pulumi refuse to delete or replace the container, and leave it in the cloud whatever becomes of the stack. */
  readonly protectData: boolean;
}

export type SwiftAccess = S3Access | NativeAccess;

/** Swift's S3 API with an EC2 credential. TLS is a must: Swift takes the uploads of S3 clients in chunks (aws-chunked) over TLS alone. */
export interface S3Access {
  readonly api: "s3";
  /** Region to sign requests for: `location` of Swift's s3api. */
  readonly signingRegion: string;
  /** Id of the application user whose key it is. Default: who runs pulumi. */
  readonly userId?: string | undefined;
}

/** Swift's own API with an application credential of the user who runs pulumi. */
export interface NativeAccess {
  readonly api: "native";
  /** Keystone, with its version: `https://keystone.example.org:5000/v3`. */
  readonly authUrl: string;
  /** Roles that the credential has of the user's. */
  readonly roles: readonly string[];
  /** Objects from this size on are sent in pieces of it: `1Gi`. */
  readonly largeObjectSize: string;
  /** Manifests that name a prefix instead of a list of pieces. */
  readonly dynamicLargeObjects: boolean;
}

export class SwiftStore extends pulumi.ComponentResource implements ObjectStore {
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: SwiftStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:storage:SwiftStore", name, {}, opts);
    const { namespace, signal, access, caCertificate: certificatePem } = args;
    const container = `${args.bucketPrefix}-${signal}`;
    const inRegion = args.region === undefined ? {} : { region: args.region };

    const made = new openstack.objectstorage.Container(
      `${name}-container`,
      {
        ...inRegion,
        name: container,
        versioning: args.versioning,
        metadata: { application: "moat", signal },
      },
      { parent: this, protect: args.protectData, retainOnDelete: args.protectData },
    );
    const who = { container, inRegion, parent: this };
    const config =
      access.api === "s3" ? s3Text(name, args, access, who) : nativeText(name, args, access, who);
    const secret = new kubernetes.core.v1.Secret(
      `${name}-config`,
      bucketSecret({ namespace, signal, config, certificatePem }),
      // Programs start when they have the secret, and stop at once where there is no container.
      { parent: this, dependsOn: made },
    );
    this.secretName = secret.metadata.name;
    this.registerOutputs({ secretName: this.secretName });
  }
}

interface Who {
  readonly container: string;
  readonly inRegion: { readonly region?: string };
  readonly parent: pulumi.Resource;
}

/** Makes an EC2 credential; the text is `objstore.yml` for the S3 API. */
function s3Text(name: string, args: SwiftStoreArgs, access: S3Access, who: Who): pulumi.Output<string> {
  const { container, inRegion, parent } = who;
  const key = new openstack.identity.Ec2CredentialV3(
    `${name}-key`,
    { ...inRegion, ...(access.userId !== undefined && { userId: access.userId }) },
    { parent },
  );
  return pulumi.all([key.access, pulumi.secret(key.secret)]).apply(([accessKey, secretKey]) =>
    s3Config({
      endpoint: args.endpoint,
      region: access.signingRegion,
      bucket: container,
      keys: { accessKey, secretKey },
      lookup: "path",
      privateCa: args.caCertificate !== undefined,
    }),
  );
}

/** Makes an application credential; the text is `objstore.yml` for Swift's own API. */
function nativeText(
  name: string,
  args: SwiftStoreArgs,
  access: NativeAccess,
  who: Who,
): pulumi.Output<string> {
  const { container, inRegion, parent } = who;
  const credential = new openstack.identity.ApplicationCredential(
    `${name}-credential`,
    {
      ...inRegion,
      name: container,
      description: `Opens the container ${container} for the programs in ${args.namespace}`,
      roles: [...access.roles],
      // It can make no further credentials.
      unrestricted: false,
    },
    { parent },
  );
  return pulumi
    .all([credential.id, pulumi.secret(credential.secret)])
    .apply(([credentialId, credentialSecret]) =>
      swiftConfig({
        authUrl: access.authUrl,
        largeObjectSize: toBytes(access.largeObjectSize),
        dynamicLargeObjects: access.dynamicLargeObjects,
        region: args.region,
        container,
        credentialId,
        credentialSecret,
        privateCa: args.caCertificate !== undefined,
      }),
    );
}
