/** A cluster on OpenStack is made as somebody, or the program ends with words before anything is tried. */
import { credentialProblems } from "../../../../config/cloudCredentials";
import { wellFormed } from "../../../../config/shape";
import { leastCluster } from "../../../support/openstackCluster";

const problems = (cluster: object, env: NodeJS.ProcessEnv): string[] =>
  credentialProblems(wellFormed({ cluster }), env).map(({ reason }) => reason);

const authUrl = { OS_AUTH_URL: "https://keystone.example.org:5000/v3" };

test.each<[string, object, NodeJS.ProcessEnv]>([
  ["a password", leastCluster, { ...authUrl, OS_USERNAME: "ada", OS_PASSWORD: "x" }],
  ["an application credential", leastCluster, { ...authUrl, OS_APPLICATION_CREDENTIAL_SECRET: "x" }],
  ["a token", leastCluster, { ...authUrl, OS_TOKEN: "x" }],
  ["an entry of clouds.yaml", leastCluster, { OS_CLOUD: "research" }],
  ["an entry in the stack's file", { ...leastCluster, cloud: "research" }, {}],
  ["nothing, for a cluster that is there", { kind: "existing" }, {}],
])("is content with %s", (_, cluster, env) => {
  expect(problems(cluster, env)).toEqual([]);
});

test("says what is missing", () => {
  expect(problems(leastCluster, {})).toEqual([
    "is missing, and so is OS_AUTH_URL: nobody says which cloud is meant",
  ]);
  expect(problems(leastCluster, { ...authUrl, OS_USERNAME: "ada" })).toEqual([
    "is missing, and OS_AUTH_URL comes with none of OS_PASSWORD, OS_APPLICATION_CREDENTIAL_SECRET, OS_TOKEN, OS_AUTH_TOKEN",
  ]);
});
