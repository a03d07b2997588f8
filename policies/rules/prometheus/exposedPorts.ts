import { ports, programs } from "../../../components/names";
import { quoteAll, type Rule } from "../../rule";
import { sample } from "../../samples";

/** Names of programs that answer whoever reaches them, as their pods carry them. */
const backDoors = [
  ...["prometheus", "prometheus-agent", "alertmanager", "thanos-ruler", "thanos-sidecar", "thanos-receive"],
  ...[programs.query, programs.queryFrontend, programs.store, programs.compact],
  ...["thanos-querier", "thanos-rule", "thanos-store-gateway", "thanos-compactor"],
];
/** Labels that only the operator's pods carry. */
const operatorLabels = ["prometheus", "alertmanager", "thanos-ruler", "operator.prometheus.io/name"];

/** Where these programs listen: by number, and by name in the operator's pods and ours. */
const open = [
  ...[ports.prometheus, ports.configReloader, ports.grpc, ports.http, 9093, 9094].map(String),
  ...["web", "http-web", "reloader-web", "grpc", "http"],
];

const nameLabel = "app.kubernetes.io/name";
const service = (spec: Readonly<Record<string, unknown>>) =>
  sample("v1/Service", {
    spec: { ports: [{ port: 80, targetPort: 9090 }], selector: { [nameLabel]: "prometheus" }, ...spec },
  });
const nodePort = (spec: Readonly<Record<string, unknown>>) => service({ type: "NodePort", ...spec });

export const exposedPorts: Rule = {
  id: "P14a",
  title: "No Service brings Prometheus, Thanos or Alertmanager outside",
  why: "Past the gateway these programs ask nobody who they are: every tenant's series, rules and alerts, the reload and the admin pages.",
  severity: "critical",
  references: [
    "https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types",
    "https://prometheus.io/docs/operating/security/#prometheus",
  ],
  scope: "everywhere",
  on: ["v1/Service"],
  variables: {
    outside: `object.?spec.?type.orValue("ClusterIP") in ["NodePort", "LoadBalancer"]
      || object.?spec.?externalIPs.orValue([]).size() > 0`,
    selector: "object.?spec.?selector.orValue({})",
    // A name decides: pods have one only.
    selects: `"${nameLabel}" in variables.selector
      ? variables.selector["${nameLabel}"] in ${quoteAll(backDoors)}
      : variables.selector.exists(key, key in ${quoteAll(operatorLabels)})
        || variables.selector[?"app.kubernetes.io/managed-by"].orValue("") == "prometheus-operator"
        || variables.selector[?"app.kubernetes.io/part-of"].orValue("") == "moat"`,
  },
  validations: [
    {
      expression: `!variables.outside || !variables.selects
        || object.?spec.?ports.orValue([]).all(p, !(string(p.?targetPort.orValue(p.port)) in ${quoteAll(open)}))`,
      message:
        "Make this a Service of type ClusterIP without externalIPs, and let clients come through the gateway.",
    },
  ],
  samples: {
    good: [
      service({}),
      service({ type: "ClusterIP", clusterIP: "None" }),
      nodePort({ selector: { [nameLabel]: programs.edge }, ports: [{ port: 443, targetPort: 8443 }] }),
      nodePort({ selector: { app: "shop" }, ports: [{ port: 8080 }] }),
      // A proxy in the pod that asks who it is.
      nodePort({ ports: [{ port: 443, targetPort: "oauth-proxy" }] }),
      sample("v1/Service", { spec: { type: "ExternalName", externalName: "prometheus.example.org" } }),
    ],
    bad: [
      nodePort({}),
      service({ type: "LoadBalancer" }),
      service({ externalIPs: ["192.0.2.1"] }),
      nodePort({ selector: { [nameLabel]: programs.query }, ports: [{ port: ports.http }] }),
      nodePort({ selector: { [nameLabel]: "alertmanager" }, ports: [{ port: 9093 }] }),
      nodePort({ ports: [{ port: 80, targetPort: "web" }] }),
      nodePort({ ports: [{ port: 80, targetPort: "reloader-web" }] }),
      nodePort({
        ports: [
          { name: "https", port: 443, targetPort: 8443 },
          { name: "grpc", port: 10901 },
        ],
      }),
      nodePort({ selector: { prometheus: "tenants" } }),
      nodePort({ selector: { "app.kubernetes.io/managed-by": "prometheus-operator" } }),
      nodePort({ selector: { "app.kubernetes.io/part-of": "moat" } }),
    ],
  },
};
