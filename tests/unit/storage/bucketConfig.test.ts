/** The texts that Thanos reads, by table; and Thanos itself takes each of them. */
import { spawnSync } from "node:child_process";
import { parse } from "yaml";
import {
  caFile,
  type S3Bucket,
  type SwiftContainer,
  s3Config,
  swiftConfig,
} from "../../../components/storage/bucketConfig";
import { program } from "../../../toolchain/paths";
import { temporaryFolder, writeFile } from "../../support/kubeconfig";
import { describeWith } from "../../support/tools";

const keys = { accessKey: "access", secretKey: "secret: [odd" };
/** Nobody listens there. */
const nowhere = "127.0.0.1:9";

const bucket: S3Bucket = { endpoint: nowhere, region: "eu-1", bucket: "metrics", keys };
const s3: readonly (readonly [string, S3Bucket, object])[] = [
  [
    "any S3 service",
    bucket,
    {
      bucket: "metrics",
      endpoint: nowhere,
      region: "eu-1",
      access_key: "access",
      secret_key: "secret: [odd",
      insecure: false,
    },
  ],
  [
    "a server with a private CA",
    { endpoint: nowhere, region: "r", bucket: "metrics", keys, lookup: "path", privateCa: true },
    {
      bucket: "metrics",
      endpoint: nowhere,
      region: "r",
      access_key: "access",
      secret_key: "secret: [odd",
      insecure: false,
      bucket_lookup_type: "path",
      http_config: { tls_config: { ca_file: "/etc/object-store/ca.crt" } },
    },
  ],
  [
    "a bucket that is opened by the pod's role",
    { endpoint: nowhere, region: "eu-central-1", bucket: "metrics" },
    { bucket: "metrics", endpoint: nowhere, region: "eu-central-1", aws_sdk_auth: true, insecure: false },
  ],
];

const container: SwiftContainer = {
  authUrl: `https://${nowhere}/v3`,
  container: "metrics",
  credentialId: "0123",
  credentialSecret: "secret: [odd",
  largeObjectSize: 1024 ** 3,
  dynamicLargeObjects: false,
};
const plain = {
  auth_url: `https://${nowhere}/v3`,
  application_credential_id: "0123",
  application_credential_secret: "secret: [odd",
  container_name: "metrics",
  large_object_chunk_size: 1_073_741_824,
  use_dynamic_large_objects: false,
};
const swift: readonly (readonly [string, SwiftContainer, object])[] = [
  ["a container", container, plain],
  [
    "a container of one region, with a private CA, in a cloud without lists of pieces",
    { ...container, region: "north", dynamicLargeObjects: true, privateCa: true },
    {
      ...plain,
      region_name: "north",
      use_dynamic_large_objects: true,
      http_config: { tls_config: { ca_file: "/etc/object-store/ca.crt" } },
    },
  ],
];

test.each(s3)("S3: %s", (_, bucket, expected) => {
  expect(parse(s3Config(bucket))).toEqual({ type: "S3", config: expected });
});

test.each(swift)("Swift: %s", (_, bucket, expected) => {
  expect(parse(swiftConfig(bucket))).toEqual({ type: "SWIFT", config: expected });
});

describeWith("thanos")("the program itself", () => {
  const thanos = program("thanos");
  const folder = temporaryFolder();

  /** What Thanos says when it shall list the bucket. It refuses unknown keys and wrong types before it asks anybody. */
  function listed(text: string): string {
    const config = writeFile(folder, "objstore.yml", text);
    const { stderr } = spawnSync(thanos, ["tools", "bucket", "ls", `--objstore.config-file=${config}`], {
      encoding: "utf8",
      // The keys that a platform would hand out to the pod.
      env: {
        AWS_ACCESS_KEY_ID: "access",
        AWS_SECRET_ACCESS_KEY: "secret",
        AWS_EC2_METADATA_DISABLED: "true",
      },
      timeout: 60_000,
    });
    return stderr;
  }

  beforeAll(() => {
    const made = spawnSync(
      "openssl",
      ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=made-up", "-keyout", "/dev/null"],
      { encoding: "utf8" },
    );
    writeFile(folder, caFile, made.stdout);
  });

  test.each([
    ...s3.map(([name, bucket]) => [`S3: ${name}`, s3Config(bucket, folder)] as const),
    ...swift.map(([name, bucket]) => [`Swift: ${name}`, swiftConfig(bucket, folder)] as const),
  ])("takes the text and goes to the network: %s", (_, text) => {
    expect(listed(text)).toContain("connect: connection refused");
  });

  test.each([
    ["a key that it does not know", s3Config(bucket).replace("insecure:", "unsafe:"), "not found in type"],
    ["a size that is none", swiftConfig(container).replace("1073741824", "1Gi"), "cannot unmarshal"],
  ])("refuses %s, so the test above means something", (_, text, words) => {
    expect(listed(text)).toContain(words);
  });
});
