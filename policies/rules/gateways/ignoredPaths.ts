import { rbacProxy } from "../../programSamples";
import { linesOf, podKinds, podVariables, valuesOf, withSuffix } from "../../programs";
import { quoteAll, type Rule } from "../../rule";
import { deployment } from "../../samples";

/** Paths that say no more than that a program lives. */
const health = ["/healthz", "/livez", "/readyz", "/-/healthy", "/-/ready", "/ready"];

const flags = ["--secure-listen-address=0.0.0.0:8443", "--upstream=http://127.0.0.1:8080/"];

export const ignoredPaths: Rule = {
  id: "Q4b",
  title: "kube-rbac-proxy asks everybody who they are",
  why: "On a path that it ignores it passes on the request of anybody, without a token, and with whatever tenant the client names.",
  severity: "critical",
  references: ["https://github.com/brancz/kube-rbac-proxy#usage"],
  scope: "everywhere",
  on: podKinds,
  variables: { ...podVariables, proxies: linesOf(withSuffix("kube-rbac-proxy")) },
  validations: [
    {
      expression: `variables.proxies.all(line, ${valuesOf("line", "ignore-paths")}
        .all(v, v.substring(1).split(" ")[0].split(",").all(path, path in ${quoteAll(health)})))`,
      message: `Leave --ignore-paths out, or name ${health.join(", ")} alone; --proxy-endpoints-port serves the proxy's own health.`,
    },
  ],
  samples: {
    good: [
      rbacProxy(flags),
      rbacProxy([...flags, "--ignore-paths=/livez,/readyz"]),
      deployment({ image: "example.org/web:v1", args: ["--ignore-paths=/api"] }),
    ],
    bad: [
      rbacProxy([...flags, "--ignore-paths=/metrics"]),
      rbacProxy([...flags, "--ignore-paths=/healthz,/api/v1/query"]),
      rbacProxy([...flags, "--ignore-paths", "/*"]),
    ],
  },
};
