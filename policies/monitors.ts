/** What rules on monitors share: their variables, and the labels that no monitor may touch. Samples of monitors. */
import { tenantLabel } from "../components/names";
import { type Fields, quoteAll, type Sample } from "./rule";
import { sample } from "./samples";

/**
 * Variable: everything that is scraped by the object. A Probe is one scrape, and its `spec` has the fields of an endpoint. The kinds
 * differ in fields, hence `dyn`: the API server would look for each field in each kind.
 */
export const endpoints = {
  endpoints: `object.kind == "Probe" ? [dyn(object).?spec.orValue({})]
    : dyn(object).?spec.?endpoints.orValue([]) + dyn(object).?spec.?podMetricsEndpoints.orValue([])`,
};

/** Variables: all lists of relabelings, before a scrape and after it. */
export const relabelings = {
  ...endpoints,
  relabelings: `variables.endpoints.map(e, e.?relabelings.orValue([]))
    + variables.endpoints.map(e, e.?metricRelabelings.orValue([]))
    + [dyn(object).?spec.?targets.?staticConfig.?relabelingConfigs.orValue([])]
    + [dyn(object).?spec.?targets.?ingress.?relabelingConfigs.orValue([])]`,
};

/** Labels that say whose a series is: that of scraped ones, and that of pushed ones. */
export const ownerLabels = [tenantLabel, "tenant_id"] as const;

/**
 * Labels of a target that say how it is asked, not where or how often, and the metric's name. `__scheme__` is none of them: Prometheus
 * writes it before `://` as it is, so `http://somewhere/?` in it leads the scrape there. A path is escaped.
 */
const openLabels = ["__name__", "__metrics_path__"];

/** The values that `__scheme__` may have. */
export const schemes = ["http", "https"] as const;

/** Whether a monitor may set the label. */
export const maySet = (label: string): string =>
  `(!(${label} in ${quoteAll(ownerLabels)}) && !${label}.contains("$")
    && (!${label}.startsWith("__") || ${label} in ${quoteAll(openLabels)}))`;

type Parameters = Readonly<Record<string, string>>;

const selector = { matchLabels: { app: "sample" } };

/** A ServiceMonitor of one endpoint. */
export const serviceMonitor = (endpoint: Fields, spec: Fields = {}, parameters?: Parameters): Sample =>
  sample(
    "monitoring.coreos.com/v1/ServiceMonitor",
    { spec: { selector, endpoints: [{ port: "metrics", followRedirects: false, ...endpoint }], ...spec } },
    parameters,
  );

/** A PodMonitor of one endpoint. */
export const podMonitor = (endpoint: Fields, spec: Fields = {}, parameters?: Parameters): Sample =>
  sample(
    "monitoring.coreos.com/v1/PodMonitor",
    {
      spec: {
        selector,
        podMetricsEndpoints: [{ port: "metrics", followRedirects: false, ...endpoint }],
        ...spec,
      },
    },
    parameters,
  );

/** A Probe of one target through the tenant's own prober. */
export const probe = (spec: Fields, staticConfig: Fields = {}, parameters?: Parameters): Sample =>
  sample(
    "monitoring.coreos.com/v1/Probe",
    {
      spec: {
        followRedirects: false,
        prober: { url: "prober.alpha.svc:9115" },
        targets: { staticConfig: { static: ["web.alpha.svc"], ...staticConfig } },
        ...spec,
      },
    },
    parameters,
  );
