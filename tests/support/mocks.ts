/** Pulumi without an engine: runs a piece of a program and tells what it would have made. */
import { runtime } from "@pulumi/pulumi";

/** A resource as it was registered. */
export interface Made {
  /** `kubernetes:core/v1:Namespace`, `moat:tenancy:Tenant`. */
  readonly type: string;
  readonly name: string;
  /** False for components. */
  readonly custom: boolean;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What providers would add to the inputs. */
const computed: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "tls:index/privateKey:PrivateKey": { privateKeyPem: "private key" },
  "tls:index/certRequest:CertRequest": { certRequestPem: "request" },
  "tls:index/selfSignedCert:SelfSignedCert": {
    certPem: "authority",
    validityEndTime: "2036-01-01T00:00:00Z",
  },
  "tls:index/locallySignedCert:LocallySignedCert": {
    certPem: "server",
    validityEndTime: "2027-01-01T00:00:00Z",
  },
  "openstack:networking/floatingIp:FloatingIp": { address: "203.0.113.10" },
  "openstack:loadbalancer/loadBalancer:LoadBalancer": { vipPortId: "vip-port-id" },
  "openstack:containerinfra/cluster:Cluster": { kubeconfig: { raw_config: "made-up kubeconfig" } },
  "random:index/randomPassword:RandomPassword": { result: "made-up-password", bcryptHash: "$2a$10$made-up" },
  "aws:eks/cluster:Cluster": {
    endpoint: "https://made-up.eks.amazonaws.com",
    certificateAuthority: { data: "bWFkZSB1cA==" },
  },
  "aws:ec2/launchTemplate:LaunchTemplate": { latestVersion: 1 },
  "aws:iam/role:Role": { arn: "arn:aws:iam::123456789012:role/made-up" },
  "aws:iam/accessKey:AccessKey": { secret: "made-up-secret-key" },
  "openstack:identity/ec2CredentialV3:Ec2CredentialV3": {
    access: "made-up-access-key",
    secret: "made-up-secret-key",
  },
  "openstack:identity/applicationCredential:ApplicationCredential": { secret: "made-up-secret" },
};

/** Everything that `build` makes, in the order in which it was registered. */
export async function madeBy(build: () => unknown): Promise<Made[]> {
  const made: Made[] = [];
  await runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom, id }) => {
        made.push({ type, name, custom: custom ?? true, inputs: plain(inputs) });
        return { id: id || `${name}-id`, state: { ...inputs, ...computed[type] } };
      },
      call: ({ inputs }) => inputs,
    },
    "moat",
    "test",
  );
  await build();
  await runtime.disconnect();
  return made;
}

/**
 * The same as an engine plays it that has made nothing yet: no id is known, no address, no kubeconfig; and of objects of a cluster that is
 * not known, nothing but what the program itself says.
 */
export async function previewedBy(build: () => unknown): Promise<Made[]> {
  const made: Made[] = [];
  await runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom }) => {
        made.push({ type, name, custom: custom ?? true, inputs });
        return { id: undefined, state: type.startsWith("kubernetes:") ? { metadata: unknown } : inputs };
      },
      call: ({ inputs }) => inputs,
    },
    "moat",
    "test",
    true,
  );
  await build();
  await runtime.disconnect();
  return made;
}

/** How the SDK writes down what a provider does not know yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Paths of everything in a value that is not known. The SDK hands such parts over as objects with a mark. */
export const unknownIn = (value: unknown, path = ""): string[] => {
  if (typeof value !== "object" || value === null) return [];
  if (Object.hasOwn(value, "__pulumiUnknown")) return [path];
  return Object.entries(value).flatMap(([key, part]) => unknownIn(part, `${path}/${key}`));
};

/** Inputs with every secret in the clear; the engine hands secrets over in a wrapping of their own. */
export function plain(inputs: unknown): Record<string, unknown> {
  const opened = open(inputs);
  return isFields(opened) ? opened : {};
}

const secretMark = "4dabf18193072939515e22adb298388d";

function open(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(open);
  if (!isFields(value)) return value;
  if (Object.hasOwn(value, secretMark)) return open(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, open(part)]));
}

const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Resources of one type. */
export const ofType = (made: readonly Made[], type: string): Made[] => made.filter((m) => m.type === type);

/** Kubernetes objects among them, of one kind if it is named; not those in files, which the plugin reads. */
export const objects = (made: readonly Made[], kind?: string): Made[] =>
  made.filter(
    ({ type, custom }) =>
      custom &&
      type.startsWith("kubernetes:") &&
      (kind === undefined
        ? !type.endsWith(":Provider") && type !== "pulumi:providers:kubernetes"
        : type.endsWith(`:${kind}`)),
  );
