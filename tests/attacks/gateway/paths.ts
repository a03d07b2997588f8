/** Paths that the programs behind the gateway know and no tenant may reach. */
import type { Ask } from "../../support/live/http";
import { type Attempt, asAttacker } from "./attempt";
import { remoteRead } from "./remoteRead";
import { byOpening, byTraces, victim } from "./traces";
import type { WeaknessName } from "./weaknesses";

/** Of Thanos, and of a Prometheus that somebody might put there instead. */
const closed: Readonly<Record<"paths" | "prometheus", readonly string[]>> = {
  paths: [
    "/graph",
    "/stores",
    "/metrics",
    "/healthz",
    "/-/healthy",
    "/-/ready",
    "/debug/pprof/",
    "/debug/pprof/heap",
    "/api/v1/stores",
    "/api/v1/targets",
    "/api/v1/metadata",
    "/api/v1/status/flags",
    "/api/v1/status/tsdb",
    "/api/v1/status/buildinfo",
  ],
  prometheus: [
    "/federate?match[]={__name__=~%22.%2B%22}",
    "/federate/?match[]=up",
    "/api/v1/targets/metadata",
    "/api/v1/scrape_pools",
    "/api/v1/status/config",
    "/api/v1/status/runtimeinfo",
    "/api/v1/status/walreplay",
    "/api/v1/alertmanagers",
    "/api/v1/format_query?query=up",
    "/api/v1/parse_query?query=up",
    "/api/v1/notifications",
  ],
};

const closedPaths = (["paths", "prometheus"] as const).flatMap((without) =>
  closed[without].map((path) => attempt(path.split("?")[0] ?? path, without, { path })),
);

function attempt(name: string, without: WeaknessName, ask: Ask, judge = byOpening): Attempt {
  return { name, rule: "Q4", expected: "404", without, at: asAttacker([ask], judge) };
}

const federate = encodeURIComponent(`{namespace="${victim}"}`);
const form = [["Content-Type", "application/x-www-form-urlencoded"]] as const;

const tricks: readonly Attempt[] = [
  attempt(
    "/federate for another tenant's series",
    "prometheus",
    { path: `/federate?match[]=${federate}` },
    byTraces,
  ),
  attempt("/api/v1/read, remote read", "prometheus", remoteRead("sample_orders_total"), byTraces),
  attempt("/-/reload by POST", "prometheus", { method: "POST", path: "/-/reload", headers: form, body: "" }),
  attempt("two slashes", "paths", { path: "/api/v1//stores" }),
  attempt("up from an allowed path", "paths", { path: "/api/v1/query/../stores" }),
  attempt("up from an allowed path, in percents", "paths", { path: "/api/v1/query/%2e%2e/stores" }),
  attempt("a closed path in percents", "paths", { path: "/api/v1/%73tores" }),
  attempt("a closed path after a dot", "paths", { path: "/api/v1/./stores" }),
  attempt("a closed path with parameters of an open one", "paths", {
    path: "/api/v1/stores?query=up&namespace=alpha",
  }),
  attempt("a closed path in a header", "paths", {
    path: "/api/v1/stores",
    headers: [
      ["X-Original-URL", "/api/v1/query?query=up"],
      ["X-Rewrite-URL", "/api/v1/query?query=up"],
    ],
  }),
];

export const paths: readonly Attempt[] = [...closedPaths, ...tricks];
