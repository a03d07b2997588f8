/** The region that an S3 service's name says: taken where none is given, and held against one that is. */
import * as fc from "fast-check";
import { checkConfig } from "../../config";
import { signingRegion } from "../../config/s3Region";

/** Endpoints as their services list them. */
const endpoints: readonly (readonly [endpoint: string, region: string])[] = [
  ["s3.eu-central-1.amazonaws.com", "eu-central-1"],
  ["s3.eu-central-1.amazonaws.com:443", "eu-central-1"],
  ["s3.dualstack.us-west-2.amazonaws.com", "us-west-2"],
  ["s3-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"],
  ["s3-fips.dualstack.us-east-2.amazonaws.com", "us-east-2"],
  ["s3-eu-west-1.amazonaws.com", "eu-west-1"],
  ["s3.cn-north-1.amazonaws.com.cn", "cn-north-1"],
  ["s3.amazonaws.com", "us-east-1"],
  ["s3.fr-par.scw.cloud", "fr-par"],
  ["nyc3.digitaloceanspaces.com", "nyc3"],
  ["s3.ap-southeast-1.wasabisys.com", "ap-southeast-1"],
  ["s3.wasabisys.com", "us-east-1"],
  ["s3.us-west-004.backblazeb2.com", "us-west-004"],
  ["s3.gra.io.cloud.ovh.net", "gra"],
  ["s3.sbg.perf.cloud.ovh.net", "sbg"],
  ["s3.us-east-va.io.cloud.ovh.us", "us-east-va"],
];

test.each(endpoints)("%s is in %s", (endpoint, region) => {
  expect(signingRegion({ endpoint })).toBe(region);
});

test.each(["rgw.internal:7480", "s3.example.org", "s3-external-1.amazonaws.com", "eu-central-1.example.org"])(
  "%s says nothing, so it is the usual one",
  (endpoint) => {
    expect(signingRegion({ endpoint })).toBe("us-east-1");
  },
);

test("a region that is given is taken, whatever the host's name", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("rgw.internal", "s3.eu-central-1.amazonaws.com"),
      fc.string(),
      (endpoint, region) => expect(signingRegion({ endpoint, region })).toBe(region),
    ),
  );
});

/** Problems as `path: reason → mend`. */
function problems(objectStore: object): string[] {
  const least = { clusterName: "prod", edge: { domain: "example.org" } };
  const cluster = { kind: "eks", region: "eu-central-1", adminCidrs: ["192.0.2.0/24"] };
  const given = { objectStoreAccessKey: true, objectStoreSecretKey: true };
  const store = { kind: "s3", bucket: "blocks", ...objectStore };
  const checked = checkConfig({ ...least, cluster, objectStore: store }, {}, given);
  const all = "problems" in checked ? checked.problems : [];
  return all
    .filter(({ path }) => path.startsWith("moat:objectStore"))
    .map(({ path, reason, mend }) => `${path}: ${reason} → ${mend}`);
}

test.each(endpoints)("%s goes with its own region %s, and with none", (endpoint, region) => {
  expect(problems({ endpoint, region })).toEqual([]);
  expect(problems({ endpoint })).toEqual([]);
});

test("another region is refused, with both in the words", () => {
  expect(problems({ endpoint: "s3.eu-central-1.amazonaws.com", region: "us-east-1" })).toEqual([
    "moat:objectStore.region: us-east-1 is not the region of s3.eu-central-1.amazonaws.com, which refuses what is signed for another one → leave it out, or set eu-central-1; a bucket in us-east-1 has an endpoint there",
  ]);
});

test("a service that takes another region besides is let alone", () => {
  expect(problems({ endpoint: "nyc3.digitaloceanspaces.com", region: "us-east-1" })).toEqual([]);
  expect(problems({ endpoint: "nyc3.digitaloceanspaces.com", region: "ams3" })).toHaveLength(1);
});

test("any region goes with a host that says none", () => {
  expect(problems({ endpoint: "rgw.internal", region: "default" })).toEqual([]);
});
