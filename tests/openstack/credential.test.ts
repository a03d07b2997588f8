/** OpenStack's own Keystone, asked before anything is made: what it says of an application credential, and that what it says is so. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { inspect } from "../../components/keystone/check";
import { ask, type Session } from "../../toolchain/openstack/api";
import { type Access, sessionOf, startOpenStack } from "../../toolchain/openstack/services";
import { people, urls } from "../../toolchain/openstack/settings";
import { environment } from "../support/environment";
import { leastCluster } from "../support/openstackCluster";

jest.setTimeout(300_000);

let access: Access;
let owner: Session;
let ca: string;
beforeAll(async () => {
  access = await startOpenStack();
  owner = await sessionOf(access, people.owner);
  ca = readFileSync(access.caFile, "utf8");
});

const config = environment({ cluster: leastCluster });
const made = z.object({ application_credential: z.object({ id: z.string(), secret: z.string() }) });
const url = (): string => `${urls.keystone}/users/${owner.userId}/application_credentials`;
const wanted = (name: string, unrestricted: boolean) => ({
  application_credential: { name: `${name}-${Date.now()}`, roles: [{ name: "member" }], unrestricted },
});

test.each([true, false])("a credential that may make others: %s", async (unrestricted) => {
  const { id, secret } = (await owner.json(made, "POST", url(), wanted("asked", unrestricted)))
    .application_credential;
  const env = {
    OS_AUTH_URL: urls.keystone,
    OS_CACERT: access.caFile,
    OS_APPLICATION_CREDENTIAL_ID: id,
    OS_APPLICATION_CREDENTIAL_SECRET: secret,
  };
  const verdict = inspect(config, env);
  expect(verdict.warning).toBeUndefined();
  expect(verdict.problem === undefined).toBe(unrestricted);
  expect(inspect(config, { ...env, OS_APPLICATION_CREDENTIAL_SECRET: "wrong" }).problem?.reason).toMatch(
    /is wrong/,
  );

  const auth = { identity: { methods: ["application_credential"], application_credential: { id, secret } } };

  const login = await ask(ca, "POST", `${urls.keystone}/auth/tokens`, { json: { auth } });
  const token = String(login.headers["x-subject-token"]);
  const another = await ask(ca, "POST", url(), { token, json: wanted("another", false) });
  expect(another.status).toBe(unrestricted ? 201 : 403);
});
