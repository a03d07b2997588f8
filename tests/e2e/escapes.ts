/** What a tenant may try at the gateway to see more than its own. Each entry is one attempt. */
import { namespaceHeader } from "../../components/names";
import type { Ask } from "../support/live/http";

/** PromQL that asks for namespace beta in every way that the language has. */
export const greedyQueries: readonly string[] = [
  'sample_orders_total{namespace="beta"}',
  'sample_orders_total{namespace=~"beta|alpha"}',
  'sample_orders_total{namespace=~".*"}',
  'sample_orders_total{namespace!="alpha"}',
  'sample_orders_total{namespace!~"alpha"}',
  'sample_orders_total{namespace=""}',
  '{__name__=~".+",namespace="beta"}',
  '{namespace="beta",namespace=~".+",__name__="sample_orders_total"}',
  'sample_orders_total{namespace="alpha"} or sample_orders_total{namespace="beta"}',
  'sample_orders_total{namespace="alpha" or namespace="beta"}',
  'sample_orders_total unless sample_orders_total{namespace="alpha"}',
  'sample_orders_total{namespace="beta"} offset 15s',
  'sample_orders_total{namespace="beta"} @ end()',
  'last_over_time(sample_orders_total{namespace="beta"}[5m])',
  'max_over_time((sample_orders_total{namespace="beta"})[2m:15s])',
  'label_replace(sample_orders_total{namespace="beta"}, "namespace", "alpha", "", "")',
  'sum by (namespace, shop) ({__name__=~"sample_.*"})',
  'count by (shop) (sample_orders_total{shop="beta"})',
  'sample_orders_total * on (item) group_right () sample_orders_total{shop="beta"}',
  'topk(5, {job=~".+", namespace="beta"})',
  'absent_over_time(sample_orders_total{namespace="alpha"}[1m]) or {shop="beta"}',
  '{"sample_orders_total", "namespace"="beta"}',
  'info(sample_orders_total{namespace="beta"})',
  '{namespace="moat-system"}',
];

type Headers = readonly (readonly [string, string])[];

const form = (type: string): Headers => [["Content-Type", type]];
const urlencoded = form("application/x-www-form-urlencoded");
const all = encodeURIComponent('{__name__="sample_orders_total"}');
const boundary = "----moat";
const part = (name: string, value: string): string =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

/**
 * Requests that try to bring a second namespace past the header, by URL parameters, body parameters, methods and encodings. Sent with
 * alpha's token and header.
 */
export const wideningAsks: Readonly<Record<string, Ask>> = {
  "POST, namespace in the body": post(`query=${all}&namespace=beta`),
  "POST, namespace twice in the body": post(`query=${all}&namespace=alpha&namespace=beta`),
  "POST, namespace in url and body": {
    ...post(`query=${all}&namespace=beta`),
    path: "/api/v1/query?namespace=beta",
  },
  "POST, name of the parameter encoded": post(`query=${all}&%6eamespace=beta`),
  "POST, header's name as parameter": post(`query=${all}&${namespaceHeader}=beta`),
  "POST, list of namespaces": post(`query=${all}&namespace[]=beta&namespaces=beta`),
  "POST, query in url and body": { ...post(`query=${all}`), path: `/api/v1/query?query=${betaQuery()}` },
  "POST, query twice": post(`query=vector(1)&query=${betaQuery()}`),
  "POST, query split by a semicolon": post(`query=${all};query=${betaQuery()}`),
  "POST, null byte": post(`query=${all}%00${betaQuery()}`),
  "POST, charset": {
    ...post(`query=${betaQuery()}`),
    headers: form("application/x-www-form-urlencoded; charset=utf-16"),
  },
  "POST, type in capitals": {
    ...post(`query=${betaQuery()}`),
    headers: form("APPLICATION/X-WWW-FORM-URLENCODED"),
  },
  "POST, no type": { ...post(`query=${betaQuery()}`), headers: [] },
  "POST, text": { ...post(`query=${betaQuery()}`), headers: form("text/plain") },
  "POST, JSON": {
    ...post('{"query":"sample_orders_total","namespace":"beta"}'),
    headers: form("application/json"),
  },
  "POST, multipart": {
    ...post(`${part("query", "sample_orders_total")}${part("namespace", "beta")}--${boundary}--\r\n`),
    headers: form(`multipart/form-data; boundary=${boundary}`),
  },
  "POST, multipart, with a query in the url": {
    ...post(`${part("query", 'sample_orders_total{namespace="beta"}')}--${boundary}--\r\n`),
    path: `/api/v1/query?query=${betaQuery()}`,
    headers: form(`multipart/form-data; boundary=${boundary}`),
  },
  "POST, chunked": {
    ...post(`query=${betaQuery()}`),
    headers: [...urlencoded, ["Transfer-Encoding", "chunked"]],
  },
  "POST, override of the method": {
    ...post(`query=${betaQuery()}`),
    headers: [...urlencoded, ["X-HTTP-Method-Override", "GET"]],
  },
  "POST, range": {
    ...post(`query=${all}&namespace=beta&start=${ago(120)}&end=${ago(0)}&step=15`),
    path: "/api/v1/query_range",
  },
  "POST, series": { ...post(`match[]=${all}&match[]=${betaQuery()}&namespace=beta`), path: "/api/v1/series" },
  "POST, labels": { ...post(`match[]=${betaQuery()}`), path: "/api/v1/labels" },
  "GET, namespace in the url": get(`query=${all}&namespace=beta`),
  "GET, with a body": {
    method: "GET",
    path: `/api/v1/query?query=${all}`,
    headers: urlencoded,
    body: `query=${betaQuery()}&namespace=beta`,
  },
  "GET, deduplication and stores": get(`query=${all}&dedup=false&replicaLabels[]=namespace`),
  "GET, the enforced label as a replica label": get(
    `query=${betaQuery()}&dedup=true&replicaLabels[]=namespace`,
  ),
  "GET, store matchers": get(`query=${all}&storeMatch[]={namespace="beta"}`),
  "GET, engine and analysis": get(`query=${betaQuery()}&engine=thanos&analyze=true&explain=true`),
  "GET, tenant of Thanos": {
    ...get(`query=${all}&tenant=beta`),
    headers: [
      ["THANOS-TENANT", "beta"],
      ["X-Scope-OrgID", "beta"],
    ],
  },
  "GET, forwarded headers": {
    ...get(`query=${all}`),
    headers: [
      ["X-Forwarded-Uri", "/api/v1/query?namespace=beta"],
      ["X-Original-URL", `/api/v1/query?query=${betaQuery()}`],
    ],
  },
  "GET, identity headers": {
    ...get(`query=${all}`),
    headers: [
      ["X-Remote-User", "system:admin"],
      ["X-Remote-Group", "system:masters"],
      ["Impersonate-User", "system:admin"],
    ],
  },
  "GET, look-alike headers": {
    ...get(`query=${all}`),
    headers: [
      ["X_Moat_Namespace", "beta"],
      [`${namespaceHeader}-`, "beta"],
      ["X-Namespace", "beta"],
    ],
  },
  "GET, header named as one of the connection": {
    ...get(`query=${all}`),
    headers: [["Connection", `close, ${namespaceHeader}`]],
  },
  HEAD: { method: "HEAD", path: `/api/v1/query?query=${betaQuery()}` },
  PUT: { ...post(`query=${betaQuery()}`), method: "PUT" },
  DELETE: { method: "DELETE", path: `/api/v1/series?match[]=${betaQuery()}` },
};

function post(body: string): Ask {
  return { method: "POST", path: "/api/v1/query", headers: urlencoded, body };
}

function get(query: string): Ask {
  return { path: `/api/v1/query?${query}` };
}

function betaQuery(): string {
  return encodeURIComponent('sample_orders_total{namespace="beta"}');
}

function ago(seconds: number): number {
  return Math.floor(Date.now() / 1000) - seconds;
}

/** Values of the namespace header that alpha's token may not ask for, and what must come. */
export const refusedHeaders: Readonly<
  Record<string, { readonly values: readonly string[]; readonly status: readonly number[] }>
> = {
  "another tenant's": { values: ["beta"], status: [403] },
  "its own and another's": { values: ["alpha", "beta"], status: [403] },
  "another's and its own": { values: ["beta", "alpha"], status: [403] },
  "a list in one value": { values: ["alpha,beta"], status: [403] },
  "a list with spaces": { values: ["alpha, beta"], status: [403] },
  "an alternation": { values: ["alpha|beta"], status: [403] },
  "a pattern": { values: [".*"], status: [403] },
  "a wildcard": { values: ["*"], status: [403] },
  "a path": { values: ["alpha/../beta"], status: [403] },
  "another case": { values: ["BETA"], status: [403] },
  "a quote": { values: ['alpha",namespace="beta'], status: [403] },
  "the platform's": { values: ["moat-system"], status: [403] },
  nothing: { values: [], status: [400] },
  "an empty value": { values: [""], status: [400, 403] },
  "an empty value beside its own": { values: ["alpha", ""], status: [400, 403] },
};

/** Paths that Thanos or the proxies know and no tenant may reach. */
export const closedPaths: readonly string[] = [
  "/",
  "/graph",
  "/metrics",
  "/healthz",
  "/-/healthy",
  "/-/ready",
  "/-/reload",
  "/-/quit",
  "/debug/pprof/",
  "/federate?match[]={__name__=~%22.%2B%22}",
  "/stores",
  "/api/v1/stores",
  "/api/v1/targets",
  "/api/v1/targets/metadata",
  "/api/v1/metadata",
  "/api/v1/status/config",
  "/api/v1/status/flags",
  "/api/v1/status/tsdb",
  "/api/v1/status/buildinfo",
  "/api/v1/admin/tsdb/snapshot",
  "/api/v1/admin/tsdb/delete_series?match[]=up",
  "/api/v1/alertmanagers",
  "/api/v1/query_explain",
  "/api/v1/write",
  "/api/v1/read",
  "/api/v1/format_query?query=up",
  "/api/v1/parse_query?query=up",
  "/api/v2/alerts",
  "/api/v1/query/../status/flags",
  "/api/v1/query/%2e%2e/status/flags",
  "/api/v1/query%2f..%2fstatus%2fflags",
  "/api/v1/label/x/../../status/flags/values",
  "/api/v1/label/..%2f..%2fstatus%2fflags%3f/values",
  "/api/v1//status/flags",
  "//api/v1/status/flags",
  "/api/v1/status/flags;/api/v1/query",
  "/API/v1/status/flags",
];
