import { docker, labelProxy } from "../../programSamples";
import { hasFlag, isOn, linesOf, podVariables, programKinds, withSuffix } from "../../programs";
import type { Rule } from "../../rule";
import { deployment } from "../../samples";

const alone = (...args: readonly string[]) =>
  deployment(labelProxy("--insecure-listen-address=127.0.0.1:8080", "--label=namespace", ...args));

export const labelProxyBypass: Rule = {
  id: "Q3",
  title: "prom-label-proxy enforces the label on every path, and as it is written",
  why: "A path that is passed through shows every tenant's series; a tenant's name that is a regular expression, such as .+, matches every tenant.",
  severity: "critical",
  references: ["https://github.com/prometheus-community/prom-label-proxy"],
  scope: "everywhere",
  on: programKinds,
  variables: { ...podVariables, proxies: linesOf(withSuffix("prom-label-proxy")) },
  validations: [
    {
      expression: `variables.proxies.all(line, !${hasFlag("line", "unsafe-passthrough-paths")})`,
      message: "Leave --unsafe-passthrough-paths out.",
    },
    {
      expression: `variables.proxies.all(line, !${isOn("line", "regex-match")})`,
      message: "Leave --regex-match out.",
    },
  ],
  samples: {
    good: [
      alone("--enable-label-apis", "--header-name=X-Moat-Namespace"),
      alone("--regex-match=false"),
      deployment({ image: "example.org/web:v1", args: ["--regex-match"] }),
      docker({ command: ["/bin/prom-label-proxy", "-label", "namespace"] }),
    ],
    bad: [
      alone("--unsafe-passthrough-paths=/api/v1/metadata"),
      alone("-unsafe-passthrough-paths", "/api/v1/targets,/api/v1/status"),
      alone("--regex-match"),
      alone("-regex-match=true"),
      docker({ command: ["/bin/prom-label-proxy", "-label=namespace", "-regex-match"] }),
    ],
  },
};
