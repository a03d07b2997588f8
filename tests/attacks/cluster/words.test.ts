/** What the API server's and Prometheus's words mean to the attacks: a misread refusal would pass for a defence. */
import { atTwin, attempts, rightOf } from "./attempts";
import { read } from "./stage";

const denied = (rule: string): string =>
  `Error from server (Forbidden): error when creating "STDIN": services "sample" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: ${rule}: Do otherwise:\nas said.`;

describe("read", () => {
  test("objects that were taken", () => {
    const stdout = "service/a created (server dry run)\npod/b created (server dry run)\n";
    expect(read(stdout, "")).toEqual({ accepted: 2, rules: [], others: [] });
  });

  test("refusals by rules, of several lines each", () => {
    expect(read("", `${denied("T1")}\n${denied("T8a")}\n`).rules).toEqual(["T1", "T8a"]);
  });

  test("a refusal by the webhook", () => {
    const words = `Error from server (Forbidden): error when creating "STDIN": admission webhook "rules.moat.dev" denied the request: T8h: group "g", record "a:b": so.`;
    expect(read("", words)).toEqual({ accepted: 0, rules: ["T8h"], others: [] });
  });

  test("refusals for another reason are told in full", () => {
    const quota = 'Error from server (Forbidden): pods "p" is forbidden: exceeded quota: tenant';
    expect(read("", `${quota}\n${denied("T1")}`)).toEqual({ accepted: 0, rules: ["T1"], others: [quota] });
  });

  test("a policy without a rule's id is no rule", () => {
    const words = "Error from server (Forbidden): ValidatingAdmissionPolicy 'p' denied request: not so";
    expect(read("", words)).toEqual({ accepted: 0, rules: [], others: [words] });
  });

  test("an object that was not understood is no refusal by a rule", () => {
    const words = 'error: resource mapping not found for name: "sample"';
    expect(read("", words).others).toEqual([words]);
  });
});

describe("rightOf", () => {
  const get = (path: string) => rightOf({ method: "GET", path });

  test("a list, in a namespace and everywhere", () => {
    expect(get("/api/v1/namespaces/beta/secrets")).toMatchObject({
      verb: "list",
      resource: "secrets",
      namespace: "beta",
    });
    expect(get("/api/v1/secrets")).toMatchObject({ verb: "list", resource: "secrets", namespace: "" });
  });

  test("one object, and its subresource", () => {
    expect(get("/api/v1/namespaces/a/services/s:80/proxy/api")).toMatchObject({
      verb: "get",
      resource: "services",
      name: "s:80",
      subresource: "proxy",
    });
  });

  test("a namespace itself", () => {
    expect(rightOf({ method: "PATCH", path: "/api/v1/namespaces/alpha" })).toMatchObject({
      verb: "patch",
      resource: "namespaces",
      name: "alpha",
      namespace: "alpha",
    });
  });

  test("a group's kind", () => {
    expect(get("/apis/apps/v1/namespaces/a/deployments/d")).toMatchObject({
      group: "apps",
      resource: "deployments",
      name: "d",
    });
  });
});

test("whoever has a right to change meets twins only", () => {
  const changes = attempts.filter(({ method }) => method === "PATCH" || method === "DELETE").map(atTwin);
  expect(changes.length).toBeGreaterThan(0);
  expect(changes.filter(({ path }) => !path.includes("/attack-rights"))).toEqual([]);
});

test("no request of an attempt is meant to change anything", () => {
  const writes = attempts.filter(({ method }) => method !== "GET");
  expect(writes.filter(({ query }) => query !== "dryRun=All")).toEqual([]);
  const deletions = writes.filter(({ method }) => method === "DELETE");
  expect(deletions.filter(({ body }) => !JSON.stringify(body).includes('"dryRun":["All"]'))).toEqual([]);
});
