/** Each kind of the configuration has its component, and each gives the programs the same Secret. */
import { runtime } from "@pulumi/pulumi";
import { objectStoreFor } from "../../../components/storage";
import { PrivateCa } from "../../../components/trust/privateCa";
import type { RawConfig } from "../../../config/schema";
import { environment } from "../../support/environment";
import { violationsIn } from "../../support/judged";
import { madeBy } from "../../support/mocks";

const bucketPrefix = "moat";
const kinds: readonly (readonly [string, RawConfig["objectStore"]])[] = [
  ["moat:storage:InClusterStore", { kind: "inCluster" }],
  ["moat:storage:S3Store", { kind: "s3", endpoint: "s3.example.org", bucket: "blocks" }],
  [
    "moat:storage:AwsStore",
    {
      kind: "aws",
      region: "eu-central-1",
      bucketPrefix,
      identity: { type: "podIdentity", cluster: "prod" },
      objectLock: { days: 7 },
    },
  ],
  [
    "moat:storage:SwiftStore",
    { kind: "swift", endpoint: "swift.example.org", bucketPrefix, access: { api: "s3" } },
  ],
  [
    "moat:storage:SwiftStore",
    {
      kind: "swift",
      endpoint: "swift.example.org",
      bucketPrefix,
      access: { api: "native", authUrl: "https://keystone.example.org:5000/v3" },
    },
  ],
];

test("requests to AWS are signed for the region that the endpoint's name says, unless one is set", async () => {
  const keys = ["moat:objectStoreAccessKey", "moat:objectStoreSecretKey"];
  runtime.setAllConfig(Object.fromEntries(keys.map((key) => [key, "made-up"])), keys);
  const config = environment({
    objectStore: { kind: "s3", endpoint: "s3.eu-central-1.amazonaws.com", bucket: "blocks" },
  });
  const made = await madeBy(() => {
    const ca = new PrivateCa("ca", { namespace: config.platformNamespace });
    objectStoreFor("store", { config, signal: "metrics", ca }, {});
  });
  expect(made.find((m) => m.name === "store-config")?.inputs.stringData).toEqual({
    "objstore.yml": expect.stringContaining("\n  region: eu-central-1\n"),
  });
});

test.each(kinds)("%s is made for %j", async (type, objectStore) => {
  const keys = ["moat:objectStoreAccessKey", "moat:objectStoreSecretKey"];
  runtime.setAllConfig(Object.fromEntries(keys.map((key) => [key, "made-up"])), keys);
  const config = environment({ objectStore });
  const made = await madeBy(() => {
    const ca = new PrivateCa("ca", { namespace: config.platformNamespace });
    objectStoreFor("store", { config, signal: "metrics", ca }, {});
  });
  expect(made.filter((m) => m.type.startsWith("moat:storage:") && m.name === "store")).toMatchObject([
    { type },
  ]);
  expect(made.filter((m) => m.name === "store-config")).toMatchObject([
    {
      inputs: {
        metadata: { name: "object-store", namespace: "moat-system" },
        stringData: { "objstore.yml": expect.stringMatching(/^type: (S3|SWIFT)\n/) },
      },
    },
  ]);
  expect(violationsIn(made.filter((m) => !m.type.startsWith("kubernetes:")))).toEqual([]);
});
