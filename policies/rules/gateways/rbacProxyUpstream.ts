import { rbacProxy } from "../../programSamples";
import { allValues, hasFlag, linesOf, loopback, podKinds, podVariables, withSuffix } from "../../programs";
import type { Rule } from "../../rule";
import { deployment } from "../../samples";

const listen = "--secure-listen-address=0.0.0.0:8443";

export const rbacProxyUpstream: Rule = {
  id: "Q2a",
  title: "kube-rbac-proxy serves HTTPS and passes on to its own pod alone",
  why: "An upstream elsewhere is open to whoever finds its address and asks it without the proxy; over plain HTTP the token is anybody's.",
  severity: "critical",
  references: ["https://github.com/brancz/kube-rbac-proxy#usage"],
  scope: "everywhere",
  on: podKinds,
  variables: { ...podVariables, proxies: linesOf(withSuffix("kube-rbac-proxy")) },
  validations: [
    {
      expression: `variables.proxies.all(line, ${allValues("line", "upstream", `https?://${loopback}(:[0-9]+)?/?`)})`,
      message:
        "Put what kube-rbac-proxy guards into its pod, let that listen on 127.0.0.1, and let --upstream name 127.0.0.1.",
    },
    {
      expression: `variables.proxies.all(line, !${hasFlag("line", "insecure-listen-address")})`,
      message: "Give kube-rbac-proxy --secure-listen-address and no --insecure-listen-address.",
    },
  ],
  samples: {
    good: [
      rbacProxy([listen, "--upstream=http://127.0.0.1:8080/"]),
      rbacProxy([listen, "--upstream", "https://localhost:8080", "--upstream-ca-file=/etc/ca/ca.crt"]),
      rbacProxy([listen, "--upstream=http://[::1]:9090/"]),
      deployment({ image: "example.org/web:v1", args: ["--upstream=http://elsewhere.example.org"] }),
    ],
    bad: [
      rbacProxy([listen, "--upstream=http://thanos-query.monitoring.svc:9090/"]),
      rbacProxy([listen, "--upstream", "http://10.0.0.7:9090"]),
      rbacProxy([listen, "--upstream=http://127.0.0.1:8080/", "--upstream=http://thanos-query:9090/"]),
      rbacProxy([listen, "--upstream=http://127.0.0.1.example.org/"]),
      rbacProxy([listen, "--upstream=http://127.0.0.1:80@example.org/"]),
      rbacProxy([listen, "--upstream=http://$(UPSTREAM)/"]),
      rbacProxy(["--insecure-listen-address=0.0.0.0:8080", "--upstream=http://127.0.0.1:9090/"]),
      deployment({
        image: "mirror.example.org/copy:v1",
        name: "kube-rbac-proxy-main",
        args: ["--upstream=http://a"],
      }),
      deployment({
        image: "mirror.example.org/copy:v1",
        command: ["/usr/local/bin/kube-rbac-proxy", "--upstream=http://prometheus:9090"],
      }),
    ],
  },
};
