/** Where the application credential is found, as OpenStack's provider finds it. */
import { mkdirSync, mkdtempSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { loginOf } from "../../../components/keystone/login";
import { temporaryFolder, writeFile } from "../../support/kubeconfig";

const folder = temporaryFolder();
const authUrl = { OS_AUTH_URL: "https://keystone.example.org:5000/v3" };
const byId = {
  ...authUrl,
  OS_APPLICATION_CREDENTIAL_ID: "id",
  OS_APPLICATION_CREDENTIAL_SECRET: "secret",
};

/** What Keystone is told of the credential. */
const told = (env: NodeJS.ProcessEnv, cloud?: string): unknown => loginOf(cloud, env)?.request;
const methods = ["application_credential"];

test("by its id, from the variables", () => {
  expect(told(byId)).toEqual({
    auth: { identity: { methods, application_credential: { id: "id", secret: "secret" } } },
  });
});

test.each([
  [{ OS_USER_ID: "u" }, { id: "u" }],
  [{ OS_USERNAME: "ada" }, { name: "ada", domain: { name: "Default" } }],
  [
    { OS_USERNAME: "ada", OS_USER_DOMAIN_NAME: "d" },
    { name: "ada", domain: { name: "d" } },
  ],
  [
    { OS_USERNAME: "ada", OS_USER_DOMAIN_ID: "default" },
    { name: "ada", domain: { id: "default" } },
  ],
])("by its name, of the user that %j names", (env, user) => {
  const named = { OS_APPLICATION_CREDENTIAL_NAME: "moat", OS_APPLICATION_CREDENTIAL_SECRET: "secret" };
  expect(told({ ...authUrl, ...named, ...env })).toEqual({
    auth: { identity: { methods, application_credential: { name: "moat", secret: "secret", user } } },
  });
});

test.each([
  ["https://keystone.example.org:5000", "https://keystone.example.org:5000/v3"],
  ["https://keystone.example.org:5000/", "https://keystone.example.org:5000/v3"],
  ["https://keystone.example.org:5000/v3/", "https://keystone.example.org:5000/v3"],
  ["https://example.org/identity", "https://example.org/identity/v3"],
])("%s is asked at %s", (given, server) => {
  expect(loginOf(undefined, { ...byId, OS_AUTH_URL: given })?.access.server).toBe(server);
});

test.each<[string, NodeJS.ProcessEnv]>([
  ["a user with a password", { ...authUrl, OS_USERNAME: "ada", OS_PASSWORD: "x" }],
  ["a token", { ...authUrl, OS_TOKEN: "x" }],
  ["nobody", {}],
  ["whoever would send a secret in plain text", { ...byId, OS_AUTH_URL: "http://keystone.example.org" }],
])("%s is not asked about", (_, env) => {
  expect(loginOf(undefined, env)).toBeUndefined();
});

test("whom to trust, and as whom to come", () => {
  const pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  const ca = writeFile(folder, "ca.crt", pem);
  expect(loginOf(undefined, { ...byId, OS_CACERT: ca })?.access).toMatchObject({ ca: pem, verify: true });
  expect(loginOf(undefined, { ...byId, OS_CACERT: pem })?.access.ca).toBe(pem);
  expect(loginOf(undefined, { ...byId, OS_INSECURE: "true" })?.access.verify).toBe(false);
  expect(loginOf(undefined, { ...byId, OS_INSECURE: "false" })?.access.verify).toBe(true);
  const key = writeFile(folder, "client.key", "key");
  expect(loginOf(undefined, { ...byId, OS_CERT: pem, OS_KEY: key })?.access).toMatchObject({
    certificate: pem,
    key: "key",
  });
});

describe("clouds.yaml", () => {
  const clouds = writeFile(
    folder,
    "clouds.yaml",
    JSON.stringify({
      clouds: {
        ci: {
          auth: {
            auth_url: "https://ci.example.org/v3",
            application_credential_id: "of-ci",
            application_credential_secret: "s",
          },
          verify: false,
        },
        ada: { auth: { auth_url: "https://ada.example.org/v3", username: 7, password: "p" }, regions: ["r"] },
        // Its secret is elsewhere.
        half: { auth: { auth_url: "https://half.example.org/v3", application_credential_id: "of-half" } },
      },
    }),
  );
  const env = { OS_CLIENT_CONFIG_FILE: clouds };

  test("an entry that the configuration names, or OS_CLOUD", () => {
    const login = loginOf("ci", env);
    expect(login).toMatchObject({
      place: "clouds.yaml, ci",
      access: { server: "https://ci.example.org/v3", verify: false },
      request: { auth: { identity: { application_credential: { id: "of-ci", secret: "s" } } } },
    });
    expect(loginOf(undefined, { ...env, OS_CLOUD: "ci" })).toEqual(login);
  });

  test("an entry goes before the variables, which fill what it leaves open", () => {
    expect(loginOf("ci", { ...env, ...byId })?.access.server).toBe("https://ci.example.org/v3");
    expect(told({ ...env, OS_APPLICATION_CREDENTIAL_SECRET: "filled" }, "half")).toMatchObject({
      auth: { identity: { application_credential: { id: "of-half", secret: "filled" } } },
    });
  });

  test("an entry of a user with a password, and one that is not there, are left to the provider", () => {
    expect(loginOf("ada", env)).toBeUndefined();
    expect(loginOf("elsewhere", env)).toBeUndefined();
  });

  test("its secret may stand in secure.yaml", () => {
    const home = mkdtempSync(join(folder, "home-"));
    const places = join(home, ".config/openstack");
    mkdirSync(places, { recursive: true });
    const write = (name: string, ci: object): string =>
      writeFile(places, name, JSON.stringify({ clouds: { ci } }));
    write("clouds.yaml", {
      auth: { auth_url: "https://home.example.org", application_credential_id: "of-home" },
      verify: false,
    });
    write("secure.yaml", { auth: { application_credential_secret: "kept apart" } });
    expect(loginOf("ci", { HOME: home })).toMatchObject({
      access: { server: "https://home.example.org/v3", verify: false },
      request: { auth: { identity: { application_credential: { id: "of-home", secret: "kept apart" } } } },
    });
  });

  test("a file that is none is told with its name", () => {
    const path = writeFile(folder, "half.yaml", "clouds: []");
    expect(() => loginOf("ci", { OS_CLIENT_CONFIG_FILE: path })).toThrow(`${path} is no list of clouds`);
    const gone = join(homedir(), "moat-no-such-file.yaml");
    expect(() => loginOf("ci", { OS_CLIENT_CONFIG_FILE: gone })).toThrow(gone);
  });
});
