import { prometheusKinds } from "../../kinds";
import { quoteAll, type Rule } from "../../rule";
import { prometheus, sample } from "../../samples";

const listenFlags = ["web.listen-address", "http-address", "grpc-address"];

const alertmanager = (spec: Readonly<Record<string, unknown>>) =>
  sample("monitoring.coreos.com/v1/Alertmanager", { spec });

export const nodeNetwork: Rule = {
  id: "P14b",
  title: "Prometheus and Alertmanager listen inside the walls only",
  why: "On the node's network no NetworkPolicy holds: whoever reaches the node reads every tenant's series at its port 9090.",
  severity: "critical",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.CommonPrometheusFields",
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.AlertmanagerSpec",
    "https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-and-hostnetwork-pods",
  ],
  scope: "everywhere",
  on: [...prometheusKinds, "monitoring.coreos.com/v1/Alertmanager", "monitoring.coreos.com/v1/ThanosRuler"],
  validations: [
    {
      expression: "object.?spec.?hostNetwork.orValue(false) == false",
      message: "Leave spec.hostNetwork out.",
    },
    {
      expression: `object.?spec.?containers.orValue([]).all(c,
        c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0))`,
      message: "Leave hostPort out of the ports in spec.containers.",
    },
    {
      expression: `object.?spec.?additionalArgs.orValue([]).all(arg, !(arg.name.replace("--", "") in ${quoteAll(listenFlags)}))`,
      message: `Leave ${listenFlags.join(", ")} out of spec.additionalArgs: the walls know the usual ports only.`,
    },
  ],
  samples: {
    good: [
      prometheus({}),
      prometheus({ hostNetwork: false, listenLocal: true }),
      prometheus({
        containers: [{ name: "proxy", image: "example.org/proxy:v1", ports: [{ containerPort: 8443 }] }],
        additionalArgs: [{ name: "web.max-connections", value: "64" }],
      }),
      alertmanager({}),
    ],
    bad: [
      prometheus({ hostNetwork: true }),
      alertmanager({ hostNetwork: true }),
      sample("monitoring.coreos.com/v1alpha1/PrometheusAgent", { spec: { hostNetwork: true } }),
      prometheus({ containers: [{ name: "prometheus", ports: [{ containerPort: 9090, hostPort: 9090 }] }] }),
      prometheus({ additionalArgs: [{ name: "web.listen-address", value: ":80" }] }),
      alertmanager({ additionalArgs: [{ name: "--web.listen-address", value: ":80" }] }),
      sample("monitoring.coreos.com/v1/ThanosRuler", {
        spec: { additionalArgs: [{ name: "grpc-address", value: ":80" }] },
      }),
    ],
  },
};
