import { quote, type Rule } from "../../rule";
import { cloud } from "../../samples";

/** Type of a release of Helm; resources of type Chart have children, which every rule sees. */
export const releaseType = "kubernetes:helm.sh/v3:Release";

/** Charts that show what all tenants wrote, without a gateway of moat's in front. */
const monitoring = [
  "(kube-)?prometheus(-agent|-operator|-adapter)?",
  "thanos",
  "loki(-(stack|distributed|simple-scalable))?",
  "grafana(-operator)?",
  "tempo(-distributed)?",
  "mimir-distributed|mimir|cortex|lgtm-distributed",
  "victoria-(metrics|logs|traces)(-[a-z0-9]+)*",
  "alertmanager",
];

/**
 * CEL: the chart's name, whatever stands around it: a repository, a registry, a folder, a version. `variables.chart` is what the
 * release says.
 */
export const isChart = (name: string): string =>
  `variables.chart.matches(${quote(`(^|/)(${name})(-v?[0-9][^/]*|[:@][^/]*)?/?$`)})`;

/** The variable. */
export const chart = 'object.?chart.orValue("").lowerAscii()';

const release = (name: string) => cloud(releaseType, { chart: name, namespace: "alpha", values: {} });

export const monitoringCharts: Rule = {
  id: "R2a",
  title: "No release of Helm brings a second way to tenants' data",
  why: "Nobody sees at preview what a release makes: a Grafana open to all, a Loki that knows one tenant only, a Prometheus without limits.",
  severity: "high",
  references: ["https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v3/release/"],
  scope: "everywhere",
  on: [releaseType],
  variables: { chart },
  validations: [
    {
      // Charts of definitions only run nothing.
      expression: `!${isChart(monitoring.join("|"))} || ${isChart("[a-z-]+-crds")}`,
      message:
        "Make this chart a kubernetes.helm.sh/v4.Chart, whose objects the rules see: what a Release makes cannot be read.",
    },
  ],
  samples: {
    good: [
      ...["traefik", "kube-prometheus-stack", "prometheus-operator-crds", "prometheus-blackbox-exporter"].map(
        release,
      ),
      release("oci://registry.example.org/prometheus/cert-manager"),
      release("victoria-metrics-operator-crds"),
      cloud(releaseType, { chart: "nginx" }),
    ],
    bad: [
      ...["prometheus", "prometheus-operator", "thanos", "loki", "loki-stack", "grafana", "tempo"].map(
        release,
      ),
      ...["mimir-distributed", "victoria-metrics-k8s-stack", "alertmanager", "Grafana"].map(release),
      release("grafana/loki"),
      release("./charts/thanos/"),
      release("oci://ghcr.io/prometheus-community/charts/prometheus"),
      release("oci://ghcr.io/grafana/helm-charts/grafana:9.0.0"),
      release("https://example.org/charts/thanos-15.7.25.tgz"),
    ],
  },
};
