/** Random requests: the same greedy questions in every form that a server might read in its own way. */
import * as fc from "fast-check";
import { namespaceHeader } from "../../../components/names";
import type { Ask } from "../../support/live/http";
import { attacker, victim } from "../gateway/traces";

type Pair = readonly [name: string, value: string];

const selectors = fc.constantFrom(
  `sample_orders_total{namespace="${victim}"}`,
  `{shop="${victim}"}`,
  `sample_orders_total{shop=~".+"}`,
  `{namespace=~".+",__name__=~"sample_orders_total|up"}`,
  `up{namespace!="${attacker}"}`,
  "sample_orders_total",
);

const now = (): number => Math.floor(Date.now() / 1000);

/** Paths that the gateway opens, with the parameter that asks. */
const endpoints = fc.constantFrom<readonly [path: string, asks: string]>(
  ["/api/v1/query", "query"],
  ["/api/v1/query_range", "query"],
  ["/api/v1/query_exemplars", "query"],
  ["/api/v1/series", "match[]"],
  ["/api/v1/labels", "match[]"],
  ["/api/v1/label/shop/values", "match[]"],
  ["/api/v1/label/namespace/values", "match[]"],
  ["/api/v1/rules", "match[]"],
  ["/api/v1/alerts", "match[]"],
);

const extras = fc.constantFrom<Pair>(
  ["namespace", victim],
  ["namespace", attacker],
  ["namespace", `${attacker}|${victim}`],
  ["namespace[]", victim],
  [namespaceHeader, victim],
  ["tenant", victim],
  ["dedup", "false"],
  ["replicaLabels[]", "namespace"],
  ["storeMatch[]", '{__address__=~".+"}'],
  ["partial_response", "true"],
  ["max_source_resolution", "0"],
  ["engine", "thanos"],
  ["limit", "5000"],
  ["type", "alert"],
  ["query", `sample_orders_total{shop="${victim}"}`],
  ["match[]", `{shop="${victim}"}`],
  ["match", `{shop="${victim}"}`],
);

/** How a name or a value may be written. */
const writings = fc.constantFrom<(text: string) => string>(
  encodeURIComponent,
  (text) => Buffer.from(text).toString("hex").replaceAll(/../g, "%$&"),
  (text) => encodeURIComponent(text).toLowerCase(),
  (text) => encodeURIComponent(text).replaceAll("%20", "+"),
  (text) => encodeURIComponent(encodeURIComponent(text)),
  (text) => `${encodeURIComponent(text)}%00`,
);

const places = fc.constantFrom("url", "body", "both");

interface Parameter {
  readonly text: string;
  readonly place: "url" | "body" | "both";
}

const parameter = (pair: fc.Arbitrary<Pair>): fc.Arbitrary<Parameter> =>
  fc
    .tuple(
      pair,
      writings,
      fc.oneof({ weight: 3, arbitrary: fc.constant(encodeURIComponent) }, writings),
      places,
    )
    .map(([[name, value], writeValue, writeName, place]) => ({
      text: `${writeName(name)}=${writeValue(value)}`,
      place,
    }));

/** One namespace for whoever looks into the url, another for whoever looks into the body. */
const splitClaim: readonly Parameter[] = [
  { text: `namespace=${attacker}`, place: "url" },
  { text: `namespace=${victim}`, place: "body" },
];

/** The first two come most often: they are what clients send. */
const methods = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom("GET", "POST") },
  {
    weight: 1,
    arbitrary: fc.constantFrom("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "SEARCH"),
  },
);

const types = fc.oneof(
  { weight: 4, arbitrary: fc.constant("application/x-www-form-urlencoded") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "Application/X-WWW-Form-URLencoded; charset=UTF-16",
      "text/plain",
      "application/json",
      "multipart/form-data; boundary=moat",
      "multipart/mixed; boundary=moat",
      "application/x-www-form-urlencoded, text/plain",
      "",
    ),
  },
);

const headerExtras = fc.constantFrom<Pair>(
  ["Connection", `close, ${namespaceHeader}`],
  ["Transfer-Encoding", "chunked"],
  ["X-HTTP-Method-Override", "GET"],
  ["X-HTTP-Method-Override", "POST"],
  ["X-Forwarded-Host", "thanos-query:10902"],
  ["X-Forwarded-Uri", `/api/v1/query?namespace=${victim}`],
  ["X-Original-URL", `/api/v1/query?query=up&namespace=${victim}`],
  ["THANOS-TENANT", victim],
  ["X-Scope-OrgID", victim],
  ["X-Remote-User", "system:admin"],
  ["Impersonate-User", "system:admin"],
  ["Cookie", `namespace=${victim}`],
  ["Range", "bytes=0-"],
  ["Expect", "100-continue"],
  ["X_Moat_Namespace", victim],
  [namespaceHeader, victim],
  [namespaceHeader, ""],
  [namespaceHeader, `${attacker},${victim}`],
);

const cases = fc.constantFrom<(text: string) => string>(
  (t) => t,
  (t) => t.toLowerCase(),
  (t) => t.toUpperCase(),
);

const paths = fc.oneof(
  { weight: 6, arbitrary: fc.constant((path: string) => path) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<(path: string) => string>(
      (path) => `${path}/`,
      (path) => `/${path}`,
      (path) => path.replace("v1", "%76%31"),
      (path) => `${path};x=y`,
      (path) => `${path}/../${path.split("/").at(-1)}`,
      (path) => path.toUpperCase(),
    ),
  },
);

const separators = fc.oneof(
  { weight: 6, arbitrary: fc.constant("&") },
  { weight: 1, arbitrary: fc.constantFrom(";", "&&", "&;") },
);

const inMultipart = (parameters: readonly string[]): string =>
  [
    ...parameters.map((p) => {
      const [name = "", value = ""] = p.split("=").map(decoded);
      return `--moat\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    }),
    "--moat--\r\n",
  ].join("");

const decoded = (text: string): string => decodeURIComponent(text.replaceAll("+", " "));

export interface RandomRequest {
  readonly ask: Ask;
  /** How the name of the namespace header is written. */
  readonly headerCase: (name: string) => string;
}

export const randomRequest: fc.Arbitrary<RandomRequest> = endpoints.chain(([endpoint, asks]) =>
  fc
    .record({
      question: parameter(selectors.map((s): Pair => [asks, s])),
      more: fc.array(parameter(extras), { maxLength: 4 }),
      claims: fc.constantFrom([], splitClaim),
      method: methods,
      type: types,
      headers: fc.array(headerExtras, { maxLength: 2 }),
      headerCase: cases,
      path: paths,
      separator: separators,
      ranged: fc.constant(endpoint === "/api/v1/query_range" || endpoint === "/api/v1/query_exemplars"),
    })
    .map(({ question, more, claims, method, type, headers, headerCase, path, separator, ranged }) => {
      // A GET has its parameters in the url, or it asks for nothing.
      const first = method === "GET" ? { ...question, place: "url" as const } : question;
      const range = ranged ? [`start=${now() - 120}`, `end=${now()}`, "step=30"] : [];
      const all = [first, ...claims, ...more];
      const of = (place: "url" | "body") => [
        ...all.filter((p) => p.place === place || p.place === "both").map((p) => p.text),
        ...range,
      ];
      const body = type.startsWith("multipart") ? inMultipart(of("body")) : of("body").join(separator);
      return {
        ask: {
          method,
          path: `${path(endpoint)}?${of("url").join(separator)}`,
          headers: [...(type === "" ? [] : [["Content-Type", type] as const]), ...headers],
          ...(method === "GET" && body === "" ? {} : { body }),
        },
        headerCase,
      };
    }),
);
