/** As many monitors and rules as a tenant may have, each as large and as frequent as the rules of tenants let it be. */
import { ports } from "../../../components/names";
import { mostMonitoring, ruleFileBytes } from "../../../components/tenancy/quota";
import { emitter } from "./emitter";
import type { KubernetesObject } from "./kubectl";

const name = "largest";
const labels = { "app.kubernetes.io/name": name };
const often = "5s";

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** Rule T7: endpoints of a monitor. */
const endpoints = numbers(10);
/** Rule T7d: bytes of its texts. Hexadecimal digits that do not repeat, so that gzip makes little of them. */
const text = (seed: number, bytes: number): string => {
  let state = seed * 2654435761 + 1;
  return numbers(bytes)
    .map(() => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state >>> 28).toString(16);
    })
    .join("");
};

const endpoint = (monitor: number, i: number) => ({
  interval: often,
  scrapeTimeout: often,
  metricRelabelings: [{ action: "drop", sourceLabels: ["__name__"], regex: text(monitor * 16 + i, 340) }],
});

const monitoring = (kind: string, at: number, namespace: string, spec: object): KubernetesObject => ({
  apiVersion: "monitoring.coreos.com/v1",
  kind,
  metadata: { name: `${name}-${at}`, namespace },
  spec,
});

/** Rule T8c: groups, and rules in them. */
const groups = numbers(20);
/** What the operator writes of one of these, with the namespace. */
const written = 110;
const rules = numbers(Math.floor(ruleFileBytes / groups.length / written));
/** As dear as so few bytes can be: every sample of a day of all series that the tenant has. */
const dear = 'sum(deriv({job!=""}[1d]))';

/** The objects, applied in this order. */
export const largestTenant = (namespace: string): KubernetesObject[] => [
  ...emitter({ name, namespace, labels, metrics: "# TYPE largest gauge\nlargest 1\n" }),
  ...numbers(mostMonitoring.servicemonitors - 1).map((at) =>
    monitoring("ServiceMonitor", at, namespace, {
      selector: { matchLabels: labels },
      endpoints: endpoints.map((i) => ({ port: "metrics", ...endpoint(at, i) })),
    }),
  ),
  ...numbers(mostMonitoring.podmonitors).map((at) =>
    monitoring("PodMonitor", at, namespace, {
      selector: { matchLabels: labels },
      podMetricsEndpoints: endpoints.map((i) => ({
        portNumber: ports.nodeExporter,
        ...endpoint(1000 + at, i),
      })),
    }),
  ),
  ...numbers(mostMonitoring.prometheusrules).map((at) =>
    monitoring("PrometheusRule", at, namespace, {
      groups: groups.map((group) => ({
        name: `g${group}`,
        interval: often,
        rules: rules.map(() => ({ record: "a", expr: dear })),
      })),
    }),
  ),
];
