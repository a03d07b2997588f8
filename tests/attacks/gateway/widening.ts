/** Requests that try to bring a second namespace past what was authorised: by parameters, bodies, methods, encodings and headers. */

import { wideningAsks } from "../../e2e/escapes";
import type { Ask } from "../../support/live/http";
import { queryString } from "../../support/live/prometheusApi";
import { type Attempt, asAttacker, exactly } from "./attempt";
import { bearer, inNamespace, type Stage } from "./stage";
import { attacker, byTraces, victim } from "./traces";
import type { WeaknessName } from "./weaknesses";

/** Those of the end-to-end tests that succeed where a defence is missing, and which one that is. */
const missing: Readonly<Record<string, WeaknessName>> = {
  "POST, namespace in the body": "oneSource",
  "POST, namespace twice in the body": "oneSource",
  "POST, name of the parameter encoded": "oneSource",
  "POST, range": "oneSource",
  "POST, series": "oneSource",
  "POST, namespace in url and body": "enforcement",
  "POST, header's name as parameter": "enforcement",
  "POST, list of namespaces": "enforcement",
  "POST, query in url and body": "enforcement",
  "POST, charset": "enforcement",
  "POST, type in capitals": "enforcement",
  "POST, multipart": "enforcement",
  "POST, multipart, with a query in the url": "enforcement",
  "POST, chunked": "enforcement",
  "POST, override of the method": "enforcement",
  "GET, namespace in the url": "enforcement",
  "GET, with a body": "enforcement",
  "GET, deduplication and stores": "enforcement",
  "GET, the enforced label as a replica label": "enforcement",
  "GET, store matchers": "enforcement",
  "GET, engine and analysis": "enforcement",
  "GET, tenant of Thanos": "enforcement",
  "GET, forwarded headers": "enforcement",
  "GET, identity headers": "enforcement",
  "GET, look-alike headers": "enforcement",
  "GET, header named as one of the connection": "enforcement",
};

/** A gateway that takes the namespace from the url must be given one there; ours does not look. */
const alsoInUrl = (ask: Ask): Ask => ({
  ...ask,
  path: `${ask.path}${ask.path.includes("?") ? "&" : "?"}namespace=${attacker}`,
});

function known(name: string): Ask {
  const ask = wideningAsks[name];
  if (ask === undefined) throw new Error(`the end-to-end tests know no request "${name}"`);
  return ask;
}

const shared = Object.entries(missing).map(([name, without]): Attempt => {
  const ask = without === "oneSource" ? alsoInUrl(known(name)) : known(name);
  return {
    name,
    rule: "Q5",
    expected: "own series only, or 4xx",
    without,
    at: asAttacker([ask]),
  };
});

const greedy = `sample_orders_total{namespace="${victim}"}`;
const form = [["Content-Type", "application/x-www-form-urlencoded"]] as const;
const query = encodeURIComponent(greedy);
const post = (path: string, body: string): Ask => ({ method: "POST", path, headers: form, body });
const get = (path: string, parameters: Readonly<Record<string, string | readonly string[]>> = {}): Ask => ({
  path: `${path}?${queryString(parameters)}`,
});

/** Long enough to meet every buffer on the way. */
const comment = `# ${"x".repeat(700_000)}\n`;

const further: readonly (readonly [name: string, ask: Ask])[] = [
  [
    "POST, a megabyte of comment before the query",
    post("/api/v1/query", `query=${encodeURIComponent(comment)}${query}`),
  ],
  ["GET, a url of 40 kB", get("/api/v1/query", { query: `# ${"x".repeat(40_000)}\n${greedy}` })],
  [
    "POST, five thousand parameters",
    post("/api/v1/query", `${"a=b&".repeat(5_000)}query=${query}&namespace=${victim}`),
  ],
  ["POST, the query's name in percents", post("/api/v1/query", `%71%75%65%72%79=${query}`)],
  ["GET, every character in percents", { path: `/api/v1/query?query=${percents(greedy)}` }],
  ["GET, a path in percents", { path: `/api/v1/%71uery?query=${query}` }],
  [
    "GET, two hundred parentheses",
    get("/api/v1/query", { query: `${"(".repeat(200)}${greedy}${")".repeat(200)}` }),
  ],
  [
    "GET, range with the parameter in url",
    get("/api/v1/query_range", { ...range(), query: greedy, namespace: victim }),
  ],
  ["GET, series", get("/api/v1/series", { "match[]": `{shop="${victim}"}` })],
  [
    "GET, series with a hundred selectors",
    get("/api/v1/series", {
      "match[]": Array.from({ length: 100 }, (_, i) => `{item="${i}",namespace="${victim}"}`),
    }),
  ],
  ["GET, values of a label", get("/api/v1/label/shop/values")],
  ["GET, values of the enforced label", get("/api/v1/label/namespace/values")],
  [
    "GET, values of the enforced label, selected",
    get("/api/v1/label/namespace/values", { "match[]": greedy }),
  ],
  ["GET, names of metrics", get("/api/v1/label/__name__/values", { "match[]": `{namespace=~".+"}` })],
  ["GET, a label in quotes of UTF-8", get("/api/v1/label/U__shop/values", { "match[]": `{"shop"=~".+"}` })],
  ["GET, rules", get("/api/v1/rules")],
  ["GET, rules of one type", get("/api/v1/rules", { type: "alert" })],
  [
    "GET, rules by name",
    get("/api/v1/rules", { "rule_name[]": "BetaCanary", "rule_group[]": "attack-canary" }),
  ],
  ["GET, rules by selector", get("/api/v1/rules", { "match[]": `{namespace="${victim}"}` })],
  ["GET, rules, part of the answer", { path: "/api/v1/rules", headers: [["Range", "bytes=0-100000"]] }],
  ["GET, alerts", get("/api/v1/alerts")],
  ["GET, alerts as recorded", get("/api/v1/query", { query: `ALERTS{namespace="${victim}"}` })],
];

/** Every character as `%xx`. */
function percents(text: string): string {
  return Buffer.from(text).toString("hex").replaceAll(/../g, "%$&");
}

function range(): Record<string, string> {
  const now = Math.floor(Date.now() / 1000);
  return { start: String(now - 120), end: String(now), step: "15" };
}

const own = further.map(
  ([name, ask]): Attempt => ({
    name,
    rule: ask.path.startsWith("/api/v1/query") ? "Q5" : "Q4",
    expected: "own data only, or 4xx",
    without: "enforcement",
    at: asAttacker([ask]),
  }),
);

/** Each path that the gateway opens, asked for another tenant with one's own token. */
const openPaths: readonly Ask[] = [
  get("/api/v1/query", { query: "sample_orders_total" }),
  post("/api/v1/query", "query=sample_orders_total"),
  get("/api/v1/query_range", { ...range(), query: "sample_orders_total" }),
  get("/api/v1/series", { "match[]": "sample_orders_total" }),
  post("/api/v1/series", "match[]=sample_orders_total"),
  get("/api/v1/label/shop/values"),
  get("/api/v1/rules"),
  get("/api/v1/alerts"),
];

const foreign = openPaths.map(
  (ask): Attempt => ({
    name: `${ask.method ?? "GET"} ${ask.path.split("?")[0]} for another tenant`,
    rule: "Q1",
    expected: "403",
    without: "authorisation",
    at: (door, stage) =>
      exactly([{ ...ask, headers: [...asking(stage), ...(ask.headers ?? [])] }], byTraces)(door, stage),
  }),
);

const asking = (stage: Stage) => [bearer(stage.tokens[attacker]), inNamespace(victim)];

export const widening: readonly Attempt[] = [...shared, ...own, ...foreign];
