import type { Fields, Rule } from "../../rule";
import { chart, releaseType } from "./monitoringCharts";
import { at, isNothing, isOther, stack } from "./stackReadable";

const services = [
  "prometheus.service",
  "prometheus.servicePerReplica",
  "prometheus.thanosService",
  "alertmanager.service",
  "alertmanager.servicePerReplica",
];
const entrances = [
  "prometheus.thanosServiceExternal",
  "prometheus.ingress",
  "prometheus.ingressPerReplica",
  "prometheus.thanosIngress",
  "alertmanager.ingress",
  "alertmanager.ingressPerReplica",
];
/** Routes of the Gateway API by name. */
const routes = ["prometheus", "alertmanager"].flatMap((of) => [`${of}.route`, `${of}.routePerReplica`]);

const read = (path: string): string => `object.?values.?${path.replaceAll(".", ".?")}`;
const withValue = (path: string, value: Fields) => stack(at(path, value));

export const stackAccess: Rule = {
  id: "R2e",
  title: "kube-prometheus-stack opens no way around the gateway",
  why: "An ingress or a port of a node leads to a Prometheus that asks nobody who they are, with every tenant's series.",
  severity: "critical",
  references: [
    "https://github.com/prometheus-community/helm-charts/blob/main/charts/kube-prometheus-stack/values.yaml",
  ],
  scope: "everywhere",
  on: [releaseType],
  variables: { chart },
  validations: [
    ...services.map((path) => ({
      expression: `${isOther} || (${read(path)}.?type.orValue("ClusterIP") == "ClusterIP" && ${isNothing(`${read(path)}.?externalIPs.orValue(null)`)})`,
      message: `Leave values.${path} at type ClusterIP, without externalIPs.`,
    })),
    ...entrances.map((path) => ({
      expression: `${isOther} || ${read(path)}.?enabled.orValue(false) == false`,
      message: `Leave values.${path} off: clients come through the gateway.`,
    })),
    ...routes.map((path) => ({
      expression: `${isOther} || ${read(path)}.orValue({}).all(name, ${read(path)}[?name].?enabled.orValue(false) == false)`,
      message: `Leave each of values.${path} off: clients come through the gateway.`,
    })),
  ],
  samples: {
    good: [
      stack({}),
      withValue("prometheus.service", { type: "ClusterIP", externalIPs: [], port: 9090 }),
      withValue("prometheus.route", { main: { enabled: false } }),
      stack({ prometheus: { ingress: { enabled: true } } }, { chart: "traefik" }),
    ],
    bad: [
      ...services.map((path) => withValue(path, { type: "NodePort" })),
      withValue("prometheus.service", { type: "LoadBalancer" }),
      withValue("alertmanager.service", { externalIPs: ["192.0.2.1"] }),
      ...entrances.map((path) => withValue(path, { enabled: true })),
      ...routes.map((path) => withValue(path, { main: { enabled: false }, second: { enabled: true } })),
    ],
  },
};
