/** What is asked, of whom, and what the answer means. */
import { inspect } from "../../../components/keystone/check";
import { clientsOf, judge } from "../../../components/keystone/judge";
import { type Login, loginOf } from "../../../components/keystone/login";
import type { RawConfig } from "../../../config/schema";
import { freePort } from "../../../toolchain/freePort";
import { environment } from "../../support/environment";
import { Keystone } from "../../support/keystone";
import { temporaryFolder } from "../../support/kubeconfig";
import { leastCluster } from "../../support/openstackCluster";

const swift = {
  kind: "swift",
  endpoint: "swift.example.org",
  bucketPrefix: "moat",
  access: { api: "s3" },
} as const;
const designate = {
  type: "designate",
  authUrl: "https://keystone.example.org:5000/v3",
  endpoint: "https://dns.example.org:9001",
  region: "RegionOne",
  zone: "example.org",
} as const;
const edge: RawConfig["edge"] = {
  domain: "moat.example.org",
  tls: { kind: "acme", email: "a@example.org", challenge: designate },
};

test.each<[string, Partial<Omit<RawConfig, "tenants">>, string[]]>([
  ["a cluster of machines", { cluster: leastCluster }, ["the cluster's controllers"]],
  ["a container in Swift", { objectStore: swift }, ["the object store"]],
  [
    "a container opened by the native API",
    { objectStore: { ...swift, access: { api: "native", authUrl: designate.authUrl } } },
    ["the object store"],
  ],
  ["certificates by records in Designate", { edge }, ["records for certificates"]],
  [
    "all of them",
    { cluster: leastCluster, objectStore: swift, edge },
    ["the cluster's controllers", "the object store", "records for certificates"],
  ],
  ["none of them", {}, []],
])("credentials are made for %s", (_, changes, clients) => {
  expect(clientsOf(environment(changes))).toEqual(clients);
});

const loginAs = (env: NodeJS.ProcessEnv): Login => {
  const login = loginOf(undefined, env);
  if (login === undefined) throw new Error("nobody logs in");
  return login;
};
const login = loginAs({
  OS_AUTH_URL: "https://keystone.example.org:5000/v3",
  OS_APPLICATION_CREDENTIAL_ID: "id",
  OS_APPLICATION_CREDENTIAL_SECRET: "very secret",
});

test.each([
  [{ failure: "ENOTFOUND" }, "ENOTFOUND"],
  [{ status: 503, body: "" }, "it answers 503"],
  [{ status: 300, body: "{}" }, "it answers 300"],
  [{ status: 201, body: "<html>" }, "it did not say"],
  [{ status: 201, body: '{"token":{"methods":["password"]}}' }, "it did not say"],
])("the answer %j leaves it open, with a word", (answer, why) => {
  expect(judge(answer, login, ["x"])).toEqual({
    warning: `Keystone at https://keystone.example.org:5000/v3 could not be asked whether the application credential may make others: ${why}`,
  });
});

test("no word holds the secret", () => {
  const answers = [
    { failure: "x" },
    { status: 401, body: "very secret" },
    { status: 201, body: "very secret" },
  ];
  for (const answer of answers)
    expect(JSON.stringify(judge(answer, login, ["x"]))).not.toContain("very secret");
});

describe("in an environment that makes some", () => {
  const config = environment({ cluster: leastCluster, objectStore: swift });
  const folder = temporaryFolder();
  let keystone: Keystone;
  beforeAll(async () => {
    keystone = await Keystone.start(folder);
  });
  afterAll(() => keystone.stop());

  test("a credential that may is enough", () => {
    expect(inspect(config, keystone.as("unrestricted"))).toEqual({});
  });

  test("one that may not is refused, with what it would be needed for and how to make another", () => {
    expect(inspect(config, keystone.as("restricted"))).toEqual({
      onlyReads: false,
      problem: {
        path: "OS_APPLICATION_CREDENTIAL_ID",
        reason:
          'the application credential "moat-restricted" may make no others, and this environment makes some: for the cluster\'s controllers, for the object store',
        mend: "make one that may, openstack application credential create --unrestricted <name>, or be a user with a password; moat:cluster.checks: false is for updates that make none",
      },
    });
  });

  test("one that can change nothing at all is for previews", () => {
    expect(inspect(config, keystone.as("reader")).onlyReads).toBe(true);
  });

  test("one that Keystone does not know is told at once", () => {
    expect(inspect(config, keystone.as("unknown")).problem?.reason).toMatch(
      /is wrong, has expired or was deleted$/,
    );
  });

  test("a user with a password is not asked, nor is anybody where it is switched off or nothing is made", () => {
    const { OS_AUTH_URL } = keystone.env;
    expect(inspect(config, { OS_AUTH_URL, OS_USERNAME: "ada", OS_PASSWORD: "x" })).toEqual({});
    const off = environment({ cluster: { ...leastCluster, checks: false } });
    expect(inspect(off, keystone.as("restricted"))).toEqual({});
    expect(inspect(environment(), keystone.as("restricted"))).toEqual({});
  });

  test("a Keystone whose authority is not known, or that is not there, is no obstacle", async () => {
    const { OS_CACERT: _, ...unknown } = keystone.as("restricted");
    expect(inspect(config, unknown).warning).toMatch(/could not be asked .*: [A-Z_]+$/);
    const nobody = { ...keystone.as("restricted"), OS_AUTH_URL: `https://localhost:${await freePort()}/v3` };
    expect(inspect(config, nobody).warning).toMatch(/could not be asked .*: ECONNREFUSED$/);
  });

  test("a file that cannot be read is no obstacle, either", () => {
    expect(inspect(config, { ...keystone.as("restricted"), OS_CACERT: "/nowhere/ca.crt" }).warning).toMatch(
      /^it is not known .*\/nowhere\/ca\.crt/,
    );
  });
});
