import { labelProxy } from "../../programSamples";
import { allValues, givenAs, linesOf, loopback, podKinds, podVariables, withSuffix } from "../../programs";
import type { Rule } from "../../rule";
import { deployment } from "../../samples";

/** Hosts that are this pod or a Service of the cluster: `name` or `name.namespace.svc`. */
const ownHost = `(${loopback}|[a-z0-9-]+(\\.[a-z0-9-]+\\.svc(\\.[a-z0-9-]+)*)?)`;

const alone = (...args: readonly string[]) => deployment(labelProxy(...args));
const listen = "--insecure-listen-address=127.0.0.1:8080";
const upstream = "--upstream=http://thanos-query-frontend.moat-system.svc:10902";

export const labelProxyPlace: Rule = {
  id: "Q2b",
  title: "prom-label-proxy is reached through its pod alone, and asks a program of the cluster",
  why: "It believes whoever reaches it: without the authenticator in front, a client names any tenant and gets its series.",
  severity: "critical",
  references: ["https://github.com/prometheus-community/prom-label-proxy"],
  scope: "everywhere",
  on: podKinds,
  variables: { ...podVariables, proxies: linesOf(withSuffix("prom-label-proxy")) },
  validations: [
    {
      // Without the flag it listens on every address.
      expression: `variables.proxies.all(line, ${givenAs("line", "insecure-listen-address", `${loopback}:[0-9]+`)})`,
      message:
        "Give prom-label-proxy --insecure-listen-address=127.0.0.1:<port> and put its authenticator into the same pod.",
    },
    {
      expression: `variables.proxies.all(line, ${allValues("line", "upstream", `https?://${ownHost}(:[0-9]+)?/?`)})`,
      message:
        "Let --upstream name 127.0.0.1 or a Service of the cluster as <service>.<namespace>.svc, which network policies close to everybody else.",
    },
  ],
  samples: {
    good: [
      alone(listen, upstream),
      alone("-insecure-listen-address", "localhost:8080", "-upstream", "http://127.0.0.1:9090/"),
      alone(listen, "--internal-listen-address=0.0.0.0:8081", "--upstream=http://loki:3100"),
      deployment({ image: "example.org/web:v1", args: ["--insecure-listen-address=0.0.0.0:8080"] }),
    ],
    bad: [
      alone("--insecure-listen-address=0.0.0.0:8080", upstream),
      alone("--insecure-listen-address=:8080", upstream),
      alone("-insecure-listen-address", "0.0.0.0:8080", upstream),
      alone(upstream),
      alone(listen, "--insecure-listen-address=0.0.0.0:8080", upstream),
      alone(listen, "--upstream=https://prometheus.example.org"),
      alone(listen, "--upstream=http://10.1.2.3:9090"),
    ],
  },
};
