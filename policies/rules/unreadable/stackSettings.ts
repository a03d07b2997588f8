import { externalLabels as labelNames, objectLabels, tenantLabel } from "../../../components/names";
import type { Fields, Rule, Sample, Validation } from "../../rule";
import { isFields } from "../../samples";
import { adminApi } from "../prometheus/adminApi";
import { alertReceivers } from "../prometheus/alertReceivers";
import { arbitraryFiles } from "../prometheus/arbitraryFiles";
import { limits } from "../prometheus/enforcedLimits";
import { enforcedNamespaceLabel } from "../prometheus/enforcedNamespaceLabel";
import { externalLabels } from "../prometheus/externalLabels";
import { ignoreNamespaceSelectors } from "../prometheus/ignoreNamespaceSelectors";
import { pins } from "../prometheus/namespaceSelectors";
import { nodeNetwork } from "../prometheus/nodeNetwork";
import { outgoingRelabelings } from "../prometheus/outgoingRelabelings";
import { overrideHonorLabels } from "../prometheus/overrideHonorLabels";
import { overrideHonorTimestamps } from "../prometheus/overrideHonorTimestamps";
import { remoteWriteHeaders } from "../prometheus/remoteWriteHeaders";
import { chart, releaseType } from "./monitoringCharts";
import { isNothing, isOther, stack } from "./stackReadable";

const values = "values.prometheus.prometheusSpec";
const spec = "object.?values.?prometheus.?prometheusSpec";

/** CEL: the namespace of what the release makes. */
export const releaseNamespace = `${isNothing("object.?values.?namespaceOverride.orValue(null)")}
  ? object.?namespace.orValue("default") : object.values.namespaceOverride`;

/** Rules of the Prometheus object that hold for the chart's values as they stand, as these have the object's names. */
const rulesOfObject: readonly Rule[] = [
  enforcedNamespaceLabel,
  overrideHonorLabels,
  overrideHonorTimestamps,
  ignoreNamespaceSelectors,
  arbitraryFiles,
  alertReceivers,
  externalLabels,
  remoteWriteHeaders,
  outgoingRelabelings,
  adminApi,
  nodeNetwork,
];

/** The same condition of the values. One field has another name. */
const ofValues = ({ expression, message }: Validation): Validation => ({
  expression: expression
    .replaceAll("object.?spec.?alerting.?alertmanagers", `${spec}.?alertingEndpoints`)
    .replaceAll("object.?spec", spec),
  message: message
    .replaceAll("spec.alerting.alertmanagers", `${values}.alertingEndpoints`)
    .replaceAll(/(?<![\w.])spec\./g, `${values}.`),
});

const valuesOf = ({ alerting, ...rest }: Fields): Fields =>
  isFields(alerting) ? { ...rest, alertingEndpoints: alerting.alertmanagers } : rest;

const namespaces = ["serviceMonitor", "podMonitor", "probe", "rule"].map((of) => `${of}NamespaceSelector`);
const scrapeConfigs = "scrapeConfigNamespaceSelector";
const entries = `${spec}.?excludedFromEnforcement.orValue([])`;

/** Conditions of values that have other defaults or forms than the object's fields. */
const ofChart: readonly Validation[] = [
  ...limits.map((field) => ({
    // A number, a text, or false for no limit.
    expression: `[${spec}.?${field}.orValue(0)].all(limit,
      (type(limit) == int || type(limit) == string) && string(limit).matches("^[1-9]"))`,
    message: `Set ${values}.${field} to a number above 0.`,
  })),
  ...namespaces.map((field) => ({
    expression: pins(`${spec}.?${field}`, "variables.own", ["tenant", "platform"]),
    message: `Let ${values}.${field} match the label ${objectLabels.role}: without it the chart takes every namespace.`,
  })),
  {
    expression: pins(`${spec}.?${scrapeConfigs}`, "variables.own", ["platform"]),
    message: `Let ${values}.${scrapeConfigs} match ${objectLabels.role}: platform; without it the chart takes every namespace.`,
  },
  {
    expression: `type(${entries}) == list && ${entries}.all(e,
      e.?name.orValue("").trim() != "" && e.?namespace.orValue("") == variables.own)`,
    message: `Give each entry of ${values}.excludedFromEnforcement a name, and the release's namespace.`,
  },
  {
    expression: `${spec}.?prometheusRulesExcludedFromEnforce.orValue([]) == []`,
    message: `Use ${values}.excludedFromEnforcement instead of prometheusRulesExcludedFromEnforce.`,
  },
];

const tenants = { matchLabels: { [objectLabels.role]: "tenant" } };
const platform = { matchLabels: { [objectLabels.role]: "platform" } };
const entry = { resource: "servicemonitors", namespace: "alpha", name: "kubelet" };

const right: Fields = {
  enforcedNamespaceLabel: tenantLabel,
  overrideHonorLabels: true,
  overrideHonorTimestamps: true,
  ignoreNamespaceSelectors: true,
  arbitraryFSAccessThroughSMs: { deny: true },
  externalLabels: { [labelNames.cluster]: "moat" },
  ...Object.fromEntries(limits.map((field) => [field, field.includes("odySize") ? "16MiB" : 100])),
  ...Object.fromEntries(namespaces.map((field) => [field, tenants])),
  [scrapeConfigs]: platform,
};

/** The chart's release with other values than the right ones. */
const other = (prometheusSpec: Fields, inputs: Fields = {}): Sample =>
  stack({ prometheus: { prometheusSpec: { ...right, ...prometheusSpec } } }, inputs);

/** What the rules of the object refuse, as values; an empty object has the right ones here. */
const refused = rulesOfObject
  .flatMap(({ samples }) => samples.bad)
  .filter(({ object }) => object.kind === "Prometheus")
  .flatMap(({ object }) =>
    isFields(object.spec) && Object.keys(object.spec).length > 0 ? [object.spec] : [],
  )
  .map((fields) => other(valuesOf(fields)));

export const stackSettings: Rule = {
  id: "R2c",
  title: "Values of kube-prometheus-stack say what a Prometheus object must",
  why: "By its defaults the chart takes monitors of every namespace, lets them forge labels and names no limit.",
  severity: "critical",
  references: [
    "https://github.com/prometheus-community/helm-charts/blob/main/charts/kube-prometheus-stack/values.yaml",
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusSpec",
  ],
  scope: "everywhere",
  on: [releaseType],
  variables: {
    chart,
    own: releaseNamespace,
    // Nothing to ask for.
    none: `${isOther} || object.?values.?prometheus.?enabled.orValue(true) == false`,
  },
  validations: [...rulesOfObject.flatMap((rule) => rule.validations.map(ofValues)), ...ofChart].map(
    ({ expression, message }) => ({ expression: `variables.none || (${expression})`, message }),
  ),
  samples: {
    good: [
      other({}),
      other({ excludedFromEnforcement: [entry], enableAdminAPI: false, hostNetwork: false }),
      other({ enforcedSampleLimit: "50000" }, { chart: "prometheus-community/kube-prometheus-stack" }),
      stack({ prometheus: { enabled: false } }),
      stack({}, { chart: "traefik" }),
    ],
    bad: [
      ...Object.keys(right).map((field) => other({ [field]: undefined })),
      ...refused,
      other({ enforcedSampleLimit: false }),
      other({ enforcedTargetLimit: 0 }),
      other({ serviceMonitorNamespaceSelector: {} }),
      other({ scrapeConfigNamespaceSelector: tenants }),
      other({ excludedFromEnforcement: [{ ...entry, name: "" }] }),
      other({ excludedFromEnforcement: [{ ...entry, namespace: "beta" }] }),
      other({ excludedFromEnforcement: "- resource: probes" }),
      other({ prometheusRulesExcludedFromEnforce: [{ ruleNamespace: "alpha", ruleName: "" }] }),
      stack({}, { chart: "oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack:88.5.3" }),
    ],
  },
};
