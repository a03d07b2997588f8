/** A container that is made in OpenStack: by which API and as whom it is reached, and what Thanos is told. */
import { parse } from "yaml";
import { SwiftStore, type SwiftStoreArgs } from "../../../components/storage/swift";
import { judgedTypes, optionsOfChildren, violationsIn } from "../../support/judged";
import { type Made, madeBy, objects, ofType } from "../../support/mocks";
import { validateAll } from "../../support/schemas";

const args: SwiftStoreArgs = {
  namespace: "platform",
  signal: "metrics",
  bucketPrefix: "example-org-moat",
  endpoint: "swift.example.org:8080",
  versioning: true,
  access: { api: "s3", signingRegion: "us-east-1" },
  protectData: true,
};
const native: SwiftStoreArgs["access"] = {
  api: "native",
  authUrl: "https://keystone.example.org:5000/v3",
  roles: ["member"],
  largeObjectSize: "1Gi",
  dynamicLargeObjects: false,
};
const container = "example-org-moat-metrics";
const caCertificate = "-----BEGIN CERTIFICATE-----\nbWFkZSB1cA==\n-----END CERTIFICATE-----\n";

const containerType = "openstack:objectstorage/container:Container";
const ec2Type = "openstack:identity/ec2CredentialV3:Ec2CredentialV3";
const credentialType = "openstack:identity/applicationCredential:ApplicationCredential";

async function storeOf(changes: Partial<SwiftStoreArgs> = {}) {
  const { seen, transformations } = optionsOfChildren();
  const made = await madeBy(() => new SwiftStore("store", { ...args, ...changes }, { transformations }));
  return { made, options: seen };
}

const filesOf = (made: readonly Made[]): Record<string, unknown> => ({
  ...Object(objects(made, "Secret")[0]?.inputs.stringData),
});
const configOf = (made: readonly Made[]): unknown => parse(String(filesOf(made)["objstore.yml"]));

describe.each<[string, Partial<SwiftStoreArgs>]>([
  ["by its S3 API", {}],
  [
    "by its S3 API, for an application user",
    { access: { ...args.access, api: "s3", signingRegion: "r", userId: "u1" } },
  ],
  ["by its own API", { access: native }],
  ["in a region, with a private CA", { region: "north", caCertificate, access: native }],
])("a container %s", (_, changes) => {
  let made: Made[];
  beforeAll(async () => {
    ({ made } = await storeOf(changes));
  });

  test("breaks no rule of the pack", () => {
    expect(violationsIn(made)).toEqual([]);
    expect(judgedTypes(made)).toContain(containerType);
  });

  test("makes objects that the published schemas allow", () => {
    expect(validateAll(made)).toEqual([]);
  });

  test("has one credential, which no other object shows", () => {
    expect(made.filter((m) => m.type.startsWith("openstack:identity/"))).toHaveLength(1);
    expect(JSON.stringify(made.filter((m) => !m.type.endsWith(":Secret")))).not.toContain("made-up-secret");
  });
});

test("the container is named after its signal, keeps versions, and lets nobody in by a list of rights", async () => {
  const { made } = await storeOf({ region: "north" });
  expect(ofType(made, containerType).map((m) => m.inputs)).toEqual([
    {
      name: container,
      region: "north",
      versioning: true,
      metadata: { application: "moat", signal: "metrics" },
    },
  ]);
});

test("without versions it breaks the rule that asks for an exception", async () => {
  const { made } = await storeOf({ versioning: false });
  expect(violationsIn(made)).toEqual([expect.stringMatching(/^S1k: /)]);
});

test.each([true, false])("the container is protected: %s", async (protectData) => {
  const { made, options } = await storeOf({ protectData });
  const [{ name } = { name: "" }] = ofType(made, containerType);
  expect(options.get(name)).toMatchObject({ protect: protectData, retainOnDelete: protectData });
});

describe("Swift's S3 API", () => {
  test("is asked with the bucket in the path, by TLS, with the EC2 credential", async () => {
    const { made } = await storeOf();
    expect(ofType(made, ec2Type).map((m) => m.inputs)).toEqual([{}]);
    expect(configOf(made)).toEqual({
      type: "S3",
      config: {
        bucket: container,
        endpoint: "swift.example.org:8080",
        region: "us-east-1",
        access_key: "made-up-access-key",
        secret_key: "made-up-secret-key",
        insecure: false,
        bucket_lookup_type: "path",
      },
    });
    expect(Object.keys(filesOf(made))).toEqual(["objstore.yml"]);
  });

  test("takes the key of an application user, and the cloud's own CA", async () => {
    const access = { api: "s3", signingRegion: "north", userId: "0123456789abcdef0123456789abcdef" } as const;
    const { made } = await storeOf({ access, caCertificate });
    expect(ofType(made, ec2Type).map((m) => m.inputs)).toEqual([{ userId: access.userId }]);
    expect(configOf(made)).toMatchObject({
      config: { region: "north", http_config: { tls_config: { ca_file: "/etc/object-store/ca.crt" } } },
    });
    expect(filesOf(made)["ca.crt"]).toBe(caCertificate);
  });
});

describe("Swift's own API", () => {
  test("is opened by an application credential with named roles, which can make no other", async () => {
    const { made } = await storeOf({ access: { ...native, roles: ["swiftoperator"] } });
    expect(ofType(made, credentialType).map((m) => m.inputs)).toEqual([
      {
        name: container,
        description: `Opens the container ${container} for the programs in platform`,
        roles: ["swiftoperator"],
        unrestricted: false,
      },
    ]);
    expect(configOf(made)).toEqual({
      type: "SWIFT",
      config: {
        auth_url: "https://keystone.example.org:5000/v3",
        application_credential_id: "store-credential-id",
        application_credential_secret: "made-up-secret",
        container_name: container,
        large_object_chunk_size: 1024 ** 3,
        use_dynamic_large_objects: false,
      },
    });
  });

  test("in one region of several, behind the cloud's own CA, with prefixes for lists", async () => {
    const access = { ...native, largeObjectSize: "512Mi", dynamicLargeObjects: true };
    const { made } = await storeOf({ access, region: "north", caCertificate });
    expect(configOf(made)).toMatchObject({
      config: {
        region_name: "north",
        large_object_chunk_size: 512 * 1024 ** 2,
        use_dynamic_large_objects: true,
        http_config: { tls_config: { ca_file: "/etc/object-store/ca.crt" } },
      },
    });
    expect(filesOf(made)["ca.crt"]).toBe(caCertificate);
  });
});
