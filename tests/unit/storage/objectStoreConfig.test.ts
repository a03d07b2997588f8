/** How the object store is configured: what is taken, and what is refused in which words. */
import { checkConfig } from "../../../config";
import { tell } from "../../../config/problems";
import { temporaryFolder, writeKubeconfig } from "../../support/kubeconfig";

const kubeconfig = writeKubeconfig(temporaryFolder());
const docs = "docs/config.md has its meaning, unit and default";

function checked(objectStore: object) {
  return checkConfig(
    { clusterName: "test", cluster: { kubeconfig }, edge: { domain: "example.org" }, objectStore },
    {},
  );
}

function accepted(objectStore: object) {
  const result = checked(objectStore);
  if ("problems" in result) throw new Error(tell(result.problems));
  return result.config.objectStore;
}

function problems(objectStore: object): string[] {
  const result = checked(objectStore);
  return "problems" in result ? result.problems.map((p) => `${p.path}: ${p.reason} → ${p.mend}`) : [];
}

const aws = {
  kind: "aws",
  region: "eu-central-1",
  bucketPrefix: "example-org-moat",
  identity: { type: "accessKey" },
};
const swift = {
  kind: "swift",
  endpoint: "swift.example.org",
  bucketPrefix: "moat",
  access: { api: "s3" },
};
const native = { api: "native", authUrl: "https://keystone.example.org:5000/v3" };

test.each([
  ["AWS", aws, { keepDeletedDays: 14, protect: true }],
  ["Swift", swift, { versioning: true, protect: true, access: { api: "s3", signingRegion: "us-east-1" } }],
  [
    "Swift by its own API",
    { ...swift, access: native },
    { access: { roles: ["member"], largeObjectSize: "1Gi", dynamicLargeObjects: false } },
  ],
  ["a lock in AWS", { ...aws, objectLock: { days: 30 } }, { objectLock: { mode: "governance", days: 30 } }],
])("little needs to be said for %s, and what holds data is protected", (_, given, expected) => {
  expect(accepted(given)).toMatchObject(expected);
});

test.each([
  { ...aws, identity: { type: "podIdentity", cluster: "prod" } },
  { ...aws, kmsKey: "arn:aws:kms:eu-central-1:123456789012:key/mrk-1234" },
  { ...aws, region: "us-gov-west-1" },
  { ...swift, access: { api: "s3", userId: "0123456789abcdef0123456789abcdef" } },
  {
    ...swift,
    access: { ...native, authUrl: "https://cloud.example.org/identity/v3", largeObjectSize: "5Gi" },
  },
  { ...swift, caCertificate: "-----BEGIN CERTIFICATE-----\nbWFkZSB1cA==\n-----END CERTIFICATE-----\n" },
])("%j is taken", (given) => {
  expect(problems(given)).toEqual([]);
});

test.each<[string, object, string]>([
  [
    "AWS without an identity",
    { ...aws, identity: undefined },
    `moat:objectStore.identity: is missing → set it; ${docs}`,
  ],
  [
    "an identity of another kind",
    { ...aws, identity: { type: "nodeRole" } },
    `moat:objectStore.identity.type: the text "nodeRole" must be one of: podIdentity, accessKey → ${docs}`,
  ],
  [
    "a role for no cluster",
    { ...aws, identity: { type: "podIdentity" } },
    `moat:objectStore.identity.cluster: is missing → set it; ${docs}`,
  ],
  [
    "a region that is none",
    { ...aws, region: "Frankfurt" },
    `moat:objectStore.region: the text "Frankfurt" must be an AWS region such as eu-central-1 → ${docs}`,
  ],
  [
    "a prefix that leaves no room for the signal",
    { ...aws, bucketPrefix: "a".repeat(51) },
    `moat:objectStore.bucketPrefix: the text "${"a".repeat(51)}" must have at most 50 characters → ${docs}`,
  ],
  [
    "a key of another region",
    { ...aws, kmsKey: "arn:aws:kms:us-east-1:123456789012:key/1234" },
    "moat:objectStore.kmsKey: the key is in us-east-1, the bucket in eu-central-1 → name a key of eu-central-1; a multi-Region key has a replica there",
  ],
  [
    "a lock for no time",
    { ...aws, objectLock: {} },
    `moat:objectStore.objectLock.days: is missing → set it; ${docs}`,
  ],
  [
    "Swift by an unknown API",
    { ...swift, access: { api: "rest" } },
    `moat:objectStore.access.api: the text "rest" must be one of: s3, native → ${docs}`,
  ],
  [
    "Keystone without TLS",
    { ...swift, access: { ...native, authUrl: "http://keystone.example.org:5000/v3" } },
    `moat:objectStore.access.authUrl: the text "http://keystone.example.org:5000/v3" must be Keystone's url with https and version: https://keystone.example.org:5000/v3 → ${docs}`,
  ],
  [
    "a user by name",
    { ...swift, access: { api: "s3", userId: "thanos" } },
    `moat:objectStore.access.userId: the text "thanos" must be the id of a user, as \`openstack user list\` shows it → ${docs}`,
  ],
  [
    "pieces that Swift does not take",
    { ...swift, access: { ...native, largeObjectSize: "6Gi" } },
    "moat:objectStore.access.largeObjectSize: 6Gi is more than Swift takes in one piece → set 5Gi or less, and no more than your cloud's max_file_size",
  ],
  [
    "more pieces than Swift lists",
    { ...swift, access: { ...native, largeObjectSize: "32Mi" } },
    "moat:objectStore.access.largeObjectSize: 32Mi is so small that the index of a large block has more pieces than Swift's list of 1000 → set 64Mi or more",
  ],
  [
    "no role",
    { ...swift, access: { ...native, roles: [] } },
    `moat:objectStore.access.roles: a list must name a role: without any the credential has all of the user's → ${docs}`,
  ],
  [
    "a key for the other API",
    { ...swift, access: { api: "s3", roles: ["member"] } },
    "moat:objectStore.access.roles: is not a known key → remove it or correct its spelling; docs/config.md lists all keys",
  ],
])("%s is refused in these words", (_, given, expected) => {
  expect(problems(given)).toEqual([expected]);
});
