/** Monitors by which a tenant tries to write into another's namespace, or to read another's targets. */
import { selectorLabels } from "../../components/names";
import type { KubernetesObject } from "../support/live/kubectl";

export interface Forgery {
  readonly what: string;
  /** Value of the label `via` on every series that the monitor brings. */
  readonly via: string;
  readonly object: KubernetesObject;
  /** Its targets are scraped, with the true namespace. Otherwise nothing may come at all. */
  readonly scraped: boolean;
}

/** Metric of the forger's application, which claims to be of namespace beta. */
export const forgedMetric = "forged_orders_total";
export const forgedMetrics = [
  `# TYPE ${forgedMetric} counter`,
  `${forgedMetric}{namespace="beta",pod="sample-app-forged",tenant_id="beta"} 1`,
  "",
].join("\n");

/** The forger's application calls itself what every tenant's sample application is called. */
export const forgerLabels = selectorLabels("sample-app");

type Relabeling = Readonly<Record<string, unknown>>;

const toBeta: Relabeling = { targetLabel: "namespace", replacement: "beta" };

/** All of them, for objects in `namespace` and a target called `app` there. */
export function forgeries(namespace: string, app: string): Forgery[] {
  const selector = { matchLabels: forgerLabels };
  const make = (
    what: string,
    kind: string,
    via: string,
    spec: Readonly<Record<string, unknown>>,
    scraped = true,
  ): Forgery => ({
    what: `${kind}: ${what}`,
    via,
    scraped,
    object: {
      apiVersion: kind === "ScrapeConfig" ? "monitoring.coreos.com/v1alpha1" : "monitoring.coreos.com/v1",
      kind,
      metadata: { name: via, namespace },
      spec,
    },
  });
  const mark = (via: string): Relabeling => ({ targetLabel: "via", replacement: via });
  const service = (what: string, via: string, endpoint: Relabeling, more: Relabeling = {}): Forgery => {
    const { metricRelabelings = [], ...rest } = endpoint;
    const list = Array.isArray(metricRelabelings) ? metricRelabelings : [];
    return make(what, "ServiceMonitor", via, {
      selector,
      endpoints: [
        {
          port: "metrics",
          interval: "5s",
          scrapeTimeout: "5s",
          ...rest,
          metricRelabelings: [...list, mark(via)],
        },
      ],
      ...more,
    });
  };
  const pod = (what: string, via: string, endpoint: Relabeling): Forgery =>
    make(what, "PodMonitor", via, {
      selector,
      podMetricsEndpoints: [
        {
          portNumber: 9100,
          interval: "5s",
          scrapeTimeout: "5s",
          metricRelabelings: [mark(via)],
          ...endpoint,
        },
      ],
    });
  return [
    service("honours the target's labels", "sm-honor", { honorLabels: true, honorTimestamps: true }),
    service("sets the namespace by relabeling", "sm-relabel", { relabelings: [toBeta] }),
    service("sets the namespace by metric relabeling", "sm-metric", { metricRelabelings: [toBeta] }),
    service("drops the namespace", "sm-drop", {
      metricRelabelings: [{ action: "labeldrop", regex: "namespace" }],
    }),
    service("copies the target's claim over the namespace", "sm-map", {
      metricRelabelings: [{ action: "labelmap", regex: "exported_(namespace)", replacement: "$1" }],
    }),
    service("scrapes every namespace", "sm-any", {}, { namespaceSelector: { any: true } }),
    service(
      "scrapes another's namespace",
      "sm-other",
      {},
      { namespaceSelector: { matchNames: ["beta", namespace] } },
    ),
    pod("honours the target's labels", "pm-honor", { honorLabels: true }),
    pod("sets the namespace by relabeling", "pm-relabel", { relabelings: [toBeta] }),
    pod("sets the namespace by metric relabeling", "pm-metric", {
      metricRelabelings: [toBeta, mark("pm-metric")],
    }),
    make("sets the namespace in every way", "Probe", "probe", {
      interval: "5s",
      scrapeTimeout: "5s",
      prober: { url: `${app}.${namespace}.svc:9100`, path: "/metrics" },
      targets: {
        staticConfig: { static: ["anything"], labels: { namespace: "beta" }, relabelingConfigs: [toBeta] },
      },
      metricRelabelings: [toBeta, mark("probe")],
    }),
    make(
      "scrapes what it likes",
      "ScrapeConfig",
      "scrape-config",
      {
        honorLabels: true,
        scrapeInterval: "5s",
        scrapeTimeout: "5s",
        staticConfigs: [
          {
            targets: [`${app}.${namespace}.svc:9100`, "sample-app.beta.svc:9100"],
            labels: { namespace: "beta" },
          },
        ],
        metricRelabelings: [mark("scrape-config")],
      },
      false,
    ),
  ];
}

/** Rules by which a tenant tries to read another's series, or to record under another's name. */
export const forgedRules = (namespace: string): KubernetesObject => ({
  apiVersion: "monitoring.coreos.com/v1",
  kind: "PrometheusRule",
  metadata: { name: "forged", namespace },
  spec: {
    groups: [
      {
        name: "forged",
        interval: "5s",
        rules: [
          { record: "stolen:orders", expr: 'sum by (shop) (sample_orders_total{shop="beta"})' },
          { record: "stolen:any", expr: 'count ({namespace="beta"})' },
          { record: "planted:orders", expr: "vector(1)", labels: { namespace: "beta" } },
          { alert: "Planted", expr: "vector(1)", labels: { namespace: "beta", severity: "none" } },
        ],
      },
    ],
  },
});
