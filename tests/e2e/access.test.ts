/** Who may ask, for what, and how: the read gateway's refusals. Numbers: lines of the checklist. */
import { gatewayAudience, namespaceHeader } from "../../components/names";
import { bareGet } from "../support/live/bare";
import { type Environment, environment } from "../support/live/environment";
import { gatewayOf, TenantClient, tenantClient } from "../support/live/gateway";
import { apply, kubectl, remove, tokenFor } from "../support/live/kubectl";
import { tell, until } from "../support/live/progress";
import {
  accountIn,
  namespaceOf,
  operatorBinding,
  readerBinding,
  withObjects,
} from "../support/live/throwaway";
import { closedPaths, refusedHeaders, wideningAsks } from "./escapes";

let env: Environment;
let alpha: TenantClient;
let beta: TenantClient;

beforeAll(async () => {
  env = await environment();
  alpha = await tenantClient(env, "alpha");
  beta = await tenantClient(env, "beta");
  await until("the samples of beta", 120, async () => (await beta.query("sample_orders_total")).length > 0);
}, 900_000);

const path = "/api/v1/query?query=sample_orders_total";
const bearer = (token: string) => ["Authorization", `Bearer ${token}`] as const;

describe("4: a token opens its own namespaces only", () => {
  test("its own", async () => {
    expect((await alpha.ask({ path })).status).toBe(200);
  });

  test.each(Object.entries(refusedHeaders))("%s", async (_what, { values, status }) => {
    const headers = [bearer(alpha.token), ...values.map((v) => [namespaceHeader, v] as const)];
    const answer = await alpha.raw({ path, headers });
    expect(status).toContain(answer.status);
    expect(answer.body).not.toContain("sample_orders_total");
  });
});

describe("5: nobody gets in without a token for this door", () => {
  const header = [namespaceHeader, "alpha"] as const;
  test.each<[string, readonly (readonly [string, string])[]]>([
    ["no token", [header]],
    ["garbage", [header, bearer("garbage")]],
    ["an empty token", [header, bearer("")]],
    ["a password", [header, ["Authorization", `Basic ${Buffer.from("admin:admin").toString("base64")}`]]],
  ])("%s", async (_what, headers) => {
    expect((await alpha.raw({ path, headers })).status).toBe(401);
  });

  test("a token for the API server", async () => {
    const it = env.tenants.alpha;
    const token = (
      await kubectl(["create", "token", it?.serviceAccount ?? "", "-n", it?.serviceAccountNamespace ?? ""])
    ).trim();
    expect((await alpha.raw({ path, headers: [header, bearer(token)] })).status).toBe(401);
  });
});

describe("6: no request widens what was authorised", () => {
  test.each(Object.entries(wideningAsks))("%s", async (_what, ask) => {
    const answer = await alpha.ask(ask);
    expect(answer.status).toBeLessThan(500);
    const found = answer.status === 200 ? answer.body : "";
    expect(found).not.toMatch(/"shop":"beta"|"namespace":"(beta|moat-system)"/);
  });

  test("a plain POST works, as Grafana asks", async () => {
    const answer = await alpha.ask({
      method: "POST",
      path: "/api/v1/query",
      headers: [["Content-Type", "application/x-www-form-urlencoded"]],
      body: "query=count(sample_orders_total)",
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('"10"');
  });
});

describe("9: paths that nobody filters are closed", () => {
  test("they answer behind the gateway", async () => {
    expect(await bareGet("/api/v1/stores")).toContain("sidecar");
    expect(await bareGet("/api/v1/status/flags")).toContain("query.replica-label");
  });

  test.each(closedPaths)("%s", async (closed) => {
    const answer = await alpha.ask({ path: closed });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.body).not.toMatch(/"status":"success"|go_goroutines/);
  });
});

test("12: taking the right away cuts access within the cache's time, and nobody else's", async () => {
  const name = "short-lived";
  const account = accountIn(name, "reader");
  const right = readerBinding(name, account);
  await withObjects([namespaceOf(name), account, right], async () => {
    const client = new TenantClient(gatewayOf(env), await tokenFor(name, "reader", gatewayAudience), [name]);
    await until("the right to count", 60, async () => (await client.ask({ path })).status === 200);
    await remove(right);
    const start = Date.now();
    // The gateway believes an allowed answer for 2 minutes.
    await until("the right to be gone", 150, async () => (await client.ask({ path })).status === 403, 5);
    tell(`access ended ${Math.round((Date.now() - start) / 1000)} s after the right`);
    expect((await alpha.ask({ path })).status).toBe(200);
    expect((await beta.ask({ path })).status).toBe(200);
  });
}, 500_000);

test("12: a token whose account is gone opens nothing", async () => {
  const name = "gone";
  const account = accountIn(name, "reader");
  await withObjects([namespaceOf(name), readerBinding(name, account), account], async () => {
    const client = new TenantClient(gatewayOf(env), await tokenFor(name, "reader", gatewayAudience), [name]);
    await remove(account);
    expect((await client.ask({ path })).status).toBe(401);
  });
}, 120_000);

test("17: operators read every namespace, by a grant that names them", async () => {
  const account = accountIn("default", "operator");
  await apply(account);
  const grant = operatorBinding(account);
  try {
    const token = await tokenFor("default", "operator", gatewayAudience);
    const operator = (namespace: string) => new TenantClient(gatewayOf(env), token, [namespace]);
    expect((await operator("beta").ask({ path })).status).toBe(403);
    await apply(grant);
    await until("the grant to count", 60, async () => (await operator("beta").ask({ path })).status === 200);
    expect(await operator("alpha").query("sample_orders_total")).toHaveLength(10);
    expect(await operator("beta").query("sample_orders_total")).toHaveLength(1000);
    // Nobody is asked for everything by leaving the namespace out.
    expect((await operator("alpha").raw({ path, headers: [bearer(token)] })).status).toBe(400);
  } finally {
    await remove(grant, account);
  }
}, 120_000);
