import { labelProxy, rbacProxy } from "../../programSamples";
import { linesOf, podKinds, podVariables, valuesOf, withSuffix } from "../../programs";
import { quoteAll, type Rule } from "../../rule";
import { deployment } from "../../samples";

/** What prom-label-proxy filters for Prometheus and Alertmanager. The query guard needs no list: it answers 404 to what it does not know. */
const filtered = [
  "/api/v1/query",
  "/api/v1/query_range",
  "/api/v1/query_exemplars",
  "/api/v1/series",
  "/api/v1/labels",
  "/api/v1/label/*/values",
  "/api/v1/rules",
  "/api/v1/alerts",
  "/api/v2/alerts",
  "/api/v2/alerts/groups",
  "/api/v2/silences",
  "/api/v2/silence/*",
];

const flags = ["--secure-listen-address=0.0.0.0:8443", "--upstream=http://127.0.0.1:8080/"];
const guarded = labelProxy("--insecure-listen-address=127.0.0.1:8080", "--label=namespace");

export const allowedPaths: Rule = {
  id: "Q4a",
  title: "The gateway lets in the paths that are filtered, and no other",
  why: "Federation, metadata, targets and status tell of every tenant, and the administrators' paths delete; none of them can be held to one tenant.",
  severity: "critical",
  references: [
    "https://github.com/brancz/kube-rbac-proxy#usage",
    "https://github.com/prometheus-community/prom-label-proxy",
  ],
  scope: "everywhere",
  on: podKinds,
  variables: {
    ...podVariables,
    enforcers: linesOf(withSuffix("prom-label-proxy")),
    proxies: `variables.enforcers.size() == 0 ? [] : (${linesOf(withSuffix("kube-rbac-proxy"))})`,
  },
  validations: [
    {
      expression: `variables.proxies.all(line, ${valuesOf("line", "allow-paths")}.size() > 0)`,
      message: `Give kube-rbac-proxy --allow-paths with the paths that clients need, of ${filtered.join(", ")}.`,
    },
    {
      expression: `variables.proxies.all(line, ${valuesOf("line", "allow-paths")}
        .all(v, v.substring(1).split(" ")[0].split(",").all(path, path in ${quoteAll(filtered)})))`,
      message: `Allow no path but ${filtered.join(", ")}.`,
    },
  ],
  samples: {
    good: [
      rbacProxy([...flags, `--allow-paths=${filtered.join(",")}`], guarded),
      rbacProxy([...flags, "--allow-paths", "/api/v1/query", "--allow-paths=/api/v1/series"], guarded),
      // Guards no tenants' data.
      rbacProxy([...flags, "--allow-paths=/metrics"]),
      deployment(guarded),
    ],
    bad: [
      rbacProxy(flags, guarded),
      rbacProxy([...flags, "--allow-paths=/api/v1/query,/federate"], guarded),
      rbacProxy([...flags, "--allow-paths=/api/v1/*"], guarded),
      rbacProxy([...flags, "--allow-paths=/api/v1/query", "--allow-paths=/api/v1/targets"], guarded),
      rbacProxy([...flags, "--allow-paths", "/api/v1/status/*"], guarded),
      rbacProxy([...flags, "--allow-paths=/api/v1/admin/tsdb/delete_series"], guarded),
      rbacProxy([...flags, "--allow-paths=/api/v1/metadata"], guarded),
    ],
  },
};
