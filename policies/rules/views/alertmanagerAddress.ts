import { labelProxy, rbacProxy } from "../../programSamples";
import { givenAs, isProgram, linesOf, loopback, podKinds, podVariables, withSuffix } from "../../programs";
import type { Rule } from "../../rule";
import { deployment, sample } from "../../samples";

/** Programs that stand in a pod to say who may pass, and to whose silences and alerts. */
const doors = "(kube-rbac-proxy|prom-label-proxy|oauth2-proxy|envoy|nginx|traefik)[a-z0-9_-]*";

const alertmanager = (...args: readonly string[]) => ({
  name: "main",
  image: "quay.io/prometheus/alertmanager:v0.28.1",
  args,
});
const guarded = (...args: readonly string[]) =>
  rbacProxy(["--upstream=http://127.0.0.1:8080/"], alertmanager(...args));
const enforcer = labelProxy("--insecure-listen-address=127.0.0.1:8080", "--label=namespace");
const operated = (spec: Readonly<Record<string, unknown>>) =>
  sample("monitoring.coreos.com/v1/Alertmanager", { spec });

export const alertmanagerAddress: Rule = {
  id: "A1",
  title: "An Alertmanager with a gateway in its pod answers that alone",
  why: "Alertmanager asks nobody who they are: around its filter, a tenant reads every tenant's alerts and silences them.",
  severity: "high",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.AlertmanagerSpec",
    "https://prometheus.io/docs/alerting/latest/https/",
  ],
  scope: "everywhere",
  on: podKinds,
  variables: {
    ...podVariables,
    guarded: `variables.containers.exists(c, ${isProgram("c", doors)})`,
    lines: `variables.guarded ? (${linesOf(withSuffix("alertmanager"))}) : []`,
  },
  validations: [
    {
      expression: `object.kind != "Alertmanager" || !variables.guarded || object.?spec.?listenLocal.orValue(false)`,
      message: "Set spec.listenLocal to true, so that only the gateway in the pod reaches Alertmanager.",
    },
    {
      expression: `object.kind == "Alertmanager"
        || variables.lines.all(line, ${givenAs("line", "web.listen-address", `${loopback}:[0-9]+`)})`,
      message: "Give Alertmanager --web.listen-address=127.0.0.1:9093.",
    },
  ],
  samples: {
    good: [
      operated({ replicas: 2 }),
      operated({ listenLocal: true, containers: [enforcer] }),
      guarded("--web.listen-address=127.0.0.1:9093", "--cluster.listen-address="),
      deployment(alertmanager()),
    ],
    bad: [
      operated({ containers: [enforcer] }),
      operated({ listenLocal: false, containers: [enforcer] }),
      guarded(),
      guarded("--web.listen-address=0.0.0.0:9093"),
      guarded("--web.listen-address", ":9093"),
    ],
  },
};
