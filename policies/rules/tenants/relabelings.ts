import { tenantLabel } from "../../../components/names";
import { monitorKinds } from "../../kinds";
import { maySet, ownerLabels, podMonitor, probe, relabelings, schemes, serviceMonitor } from "../../monitors";
import { type Fields, quote, quoteAll, type Rule } from "../../rule";

const action = 'r.?action.orValue("replace").lowerAscii()';

/** Actions that write no label of the name in `targetLabel`. */
const harmless = ["keep", "drop", "keepequal", "dropequal", "labelmap", "labeldrop", "labelkeep"];

/**
 * The label gets the value that it has: Prometheus finds targets in one namespace, and writes its name into `namespace` itself. Charts
 * such as Strimzi's say so once more.
 */
const identity = `(${action} == "replace" && r.?targetLabel.orValue("") == ${quote(tenantLabel)}
  && ((r.?sourceLabels.orValue([]) in [["__meta_kubernetes_namespace"], [${quote(tenantLabel)}]]
      && r.?regex.orValue("") in ["", "(.*)", "(.+)"] && r.?replacement.orValue("$1") in ["$1", "\${1}"])
    || r.?replacement.orValue("$1") == namespaceObject.metadata.name))`;

/** Writes a scheme, by its name or as an annotation of the pod gives it. */
const scheme = `(${action} == "replace" && r.?targetLabel.orValue("") == "__scheme__"
  && (r.?replacement.orValue("$1") in ${quoteAll(schemes)}
    || (r.?regex.orValue("") == "(https?)" && r.?replacement.orValue("$1") in ["$1", "\${1}"])))`;

/** What a `labelmap` writes begins with this; `$1` alone may become anything. */
const mapped = 'r.?replacement.orValue("$1").split("$")[0]';

/** Whether a beginning of labels leads to none of the tenant's, and to none of Prometheus's own. */
const isOwnBeginning = (beginning: string): string =>
  `(${beginning}.matches("^[a-zA-Z]") && !${quoteAll(ownerLabels)}.exists(label, label.startsWith(${beginning})))`;

/** One group at the end that matches names with a beginning of their own: `__meta_kubernetes_pod_label_(strimzi_io_.+)`. */
const narrow = (() => {
  const name = "[a-zA-Z][a-zA-Z0-9_]*([.][*+])?";
  return `^[a-zA-Z0-9_]*[(]${name}([|]${name})*[)]$`;
})();

/** Whether what such a group matched is a harmless label by itself. */
const isNarrow = `(r.?replacement.orValue("$1") in ["$1", "\${1}"] && ${'r.?regex.orValue("")'}.matches(${quote(narrow)})
  && r.regex.split("(")[1].split(")")[0].split("|").all(name, ${isOwnBeginning('name.split(".")[0]')}))`;

/**
 * Names and beginnings of names, one or several: `pod`, `pod|instance`, `(container_label_.+|image)`, `container_label_(.+)`. Whether
 * any expression at all can match a label, no condition can tell.
 */
const simple = (() => {
  const name = "[a-zA-Z_][a-zA-Z0-9_]*([.][*+]|[(][.][*+][)])?";
  const names = `${name}([|]${name})*`;
  return `^(${names}|[(]${names}[)])$`;
})();

/** Labels that may not be dropped; an expression for all labels of the kind matches the last. */
const kept = [...ownerLabels, "__address__", "__tenant_id__"];

const regex = 'r.?regex.orValue("")';

const relabel = (relabeling: Fields) => serviceMonitor({ relabelings: [relabeling] });
const relabelMetric = (relabeling: Fields) => serviceMonitor({ metricRelabelings: [relabeling] });

export const tenantRelabelings: Rule = {
  id: "T2a",
  title: "Monitors do not forge whose a series is, nor where it is scraped",
  why: "A relabeling that writes the tenant's label, the target's address or its parameters brings one tenant's series into another's view.",
  severity: "critical",
  references: [
    "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config",
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.RelabelConfig",
  ],
  scope: "tenants",
  on: monitorKinds,
  variables: relabelings,
  validations: [
    {
      expression: `variables.relabelings.all(list, list.all(r,
        ${action} in ${quoteAll(harmless)} || ${maySet('r.?targetLabel.orValue("")')} || ${identity} || ${scheme}))`,
      message:
        "Write another targetLabel: not the tenant's labels but with the value that they have, none with $ in it, and of those that begin with __ only __name__, __metrics_path__, and __scheme__ with the replacement http or https, or with the regex (https?).",
    },
    {
      expression: `variables.relabelings.all(list, list.all(r,
        ${action} != "labelmap" || ${isOwnBeginning(mapped)} || ${isNarrow}))`,
      message:
        "Give the labelmap a beginning of its own, in the replacement, such as pod_label_$1, or in the group, such as __meta_kubernetes_pod_label_(strimzi_io_.+): $1 alone becomes any label.",
    },
    {
      expression: `variables.relabelings.all(list, list.all(r, ${action} != "labeldrop" || (${regex}.matches(${quote(simple)})
        && !${quoteAll(kept)}.exists(label, label.matches("^(?:" + ${regex} + ")$")))))`,
      message:
        "Give the labeldrop a regex of plain names, such as pod|instance or container_label_.*, that matches no label of the tenant and no address.",
    },
    {
      expression: `variables.relabelings.all(list, list.all(r, ${action} != "labelkeep"))`,
      message: "Use labeldrop instead of labelkeep, which drops the tenant's labels with all others.",
    },
  ],
  samples: {
    good: [
      serviceMonitor({}),
      relabel({ sourceLabels: ["__meta_kubernetes_pod_node_name"], targetLabel: "node" }),
      relabel({
        sourceLabels: ["__meta_kubernetes_pod_annotation_path"],
        regex: "(.+)",
        targetLabel: "__metrics_path__",
      }),
      // It reads the label, and writes none.
      relabel({ action: "keep", sourceLabels: ["namespace"], regex: "alpha" }),
      relabel({ action: "KeepEqual", sourceLabels: ["a"], targetLabel: "namespace" }),
      relabelMetric({ action: "labelmap", regex: "exported_(.+)", replacement: "claimed_$1" }),
      relabel({
        action: "labelmap",
        regex: "__meta_kubernetes_pod_label_(strimzi_io_.+)",
        replacement: "$1",
      }),
      relabel({ action: "labelmap", regex: "__meta_kubernetes_service_label_(app|version|example_org_.*)" }),
      podMonitor({
        relabelings: [
          {
            sourceLabels: ["__meta_kubernetes_namespace"],
            separator: ";",
            regex: "(.*)",
            targetLabel: "namespace",
            replacement: "$1",
            action: "replace",
          },
        ],
      }),
      relabelMetric({ sourceLabels: ["namespace"], targetLabel: "namespace" }),
      ...schemes.map((replacement) => relabel({ targetLabel: "__scheme__", replacement })),
      relabel({
        sourceLabels: ["__meta_kubernetes_pod_annotation_prometheus_io_scheme"],
        regex: "(https?)",
        targetLabel: "__scheme__",
      }),
      relabel({ targetLabel: "namespace", replacement: "alpha" }),
      // What honorLabels would do, for a label that is nobody's.
      relabelMetric({ sourceLabels: ["exported_job"], regex: "(.+)", targetLabel: "job" }),
      relabelMetric({ action: "labeldrop", regex: "pod|instance" }),
      relabelMetric({ action: "labeldrop", regex: "(container_label_.+|name|tenant)" }),
      relabel({ action: "labeldrop", regex: "__meta_kubernetes_pod_label_(.+)" }),
      relabelMetric({ sourceLabels: ["__name__"], regex: "go_(.*)", targetLabel: "__name__" }),
      podMonitor({ relabelings: [{ action: "Lowercase", sourceLabels: ["pod"], targetLabel: "pod" }] }),
      probe({}, { relabelingConfigs: [{ targetLabel: "site", replacement: "one" }] }),
    ],
    bad: [
      relabel({ targetLabel: "namespace", replacement: "beta" }),
      // Of another namespace of the tenant's, too: it would not get there.
      relabel({ targetLabel: "namespace", replacement: "alpha-jobs" }),
      relabelMetric({ sourceLabels: ["a"], targetLabel: "namespace", replacement: "alpha$1" }),
      relabelMetric({ targetLabel: "tenant_id", replacement: "alpha" }),
      relabelMetric({ targetLabel: "tenant_id", replacement: "beta" }),
      relabel({ targetLabel: "__address__", replacement: "sample-app.beta.svc:9100" }),
      // Only the port is the annotation's here, but whether an expression leaves the host as it is, no condition can tell.
      relabel({
        sourceLabels: ["__address__", "__meta_kubernetes_pod_annotation_prometheus_io_port"],
        regex: "([^:]+)(?::\\d+)?;(\\d+)",
        replacement: "$1:$2",
        targetLabel: "__address__",
      }),
      ...["http://sample-app.beta.svc:9100/metrics?x=", "HTTPS", "$1", ""].map((replacement) =>
        relabel({ targetLabel: "__scheme__", sourceLabels: ["a"], replacement }),
      ),
      relabel({ targetLabel: "__scheme__", sourceLabels: ["a"], regex: "(https?.*)" }),
      relabel({ targetLabel: "__scheme__", sourceLabels: ["a"], regex: "(https?)", replacement: "$1$1" }),
      relabel({ action: "lowercase", targetLabel: "__scheme__", sourceLabels: ["a"] }),
      relabel({ targetLabel: "__param_target", replacement: "http://sample-app.beta.svc" }),
      relabel({ targetLabel: "__tenant_id__", replacement: "beta" }),
      relabel({ targetLabel: "__tmp_hash", replacement: "0" }),
      relabel({ targetLabel: "__meta_kubernetes_namespace", replacement: "beta" }),
      relabel({ targetLabel: "__scrape_interval__", replacement: "1ms" }),
      relabel({ action: "HashMod", modulus: 2, sourceLabels: ["pod"], targetLabel: "__tmp_hash" }),
      relabelMetric({ action: "uppercase", sourceLabels: ["namespace"], targetLabel: "namespace" }),
      // The name is made of what was matched.
      relabelMetric({ sourceLabels: ["a"], regex: "(.*)", targetLabel: "$1", replacement: "beta" }),
      relabelMetric({
        sourceLabels: ["a"],
        regex: "(.*)",
        targetLabel: `name${"$"}{1}`,
        replacement: "beta",
      }),
      relabel({ sourceLabels: ["__meta_kubernetes_pod_label_namespace"], targetLabel: "namespace" }),
      relabel({ sourceLabels: ["__meta_kubernetes_namespace", "pod"], targetLabel: "namespace" }),
      relabel({
        sourceLabels: ["__meta_kubernetes_namespace"],
        regex: "(.)(.*)",
        targetLabel: "namespace",
      }),
      relabel({
        sourceLabels: ["__meta_kubernetes_namespace"],
        targetLabel: "namespace",
        replacement: "beta",
      }),
      relabelMetric({ sourceLabels: ["exported_namespace"], targetLabel: "namespace" }),
      relabelMetric({ sourceLabels: ["namespace"], targetLabel: "tenant_id" }),
      relabel({ action: "labelmap", regex: "__meta_kubernetes_pod_label_(.+)" }),
      relabel({ action: "labelmap", regex: "__meta_kubernetes_pod_label_example_org_(.+)" }),
      relabel({ action: "labelmap", regex: "__meta_kubernetes_pod_label_(.+)", replacement: "__tmp_pod_$1" }),
      relabel({ action: "labelmap", regex: "__meta_kubernetes_pod_label_(name.*)" }),
      relabel({ action: "labelmap", regex: "__meta_kubernetes_pod_label_(app|tenant_id)" }),
      relabel({ action: "labelmap", regex: "__meta_kubernetes_pod_label_(_.*)" }),
      relabel({ action: "labelmap", regex: "x_(a.*)", replacement: "$2" }),
      relabel({ action: "labelmap", regex: "(?i)x_(a.*)" }),
      relabelMetric({ action: "LabelMap", regex: "exported_(namespace)", replacement: "$1" }),
      relabelMetric({ action: "labelmap", regex: "x(.*)", replacement: "name$1" }),
      relabelMetric({ action: "labelmap", regex: "x", replacement: "tenant_id" }),
      relabel({ action: "labelmap", regex: "x_(.*)", replacement: "_$1" }),
      relabelMetric({ action: "labeldrop", regex: "namespace" }),
      relabelMetric({ action: "LabelDrop", regex: "pod|name.*" }),
      relabelMetric({ action: "labeldrop", regex: "(tenant_.+)" }),
      relabel({ action: "labeldrop", regex: "__.*" }),
      relabel({ action: "labeldrop", regex: "__(.+)" }),
      relabelMetric({ action: "labeldrop", regex: "pod|name(.*)" }),
      relabelMetric({ action: "labeldrop", regex: "(tenant(.+)|pod)" }),
      relabelMetric({ action: "labeldrop", regex: "pod(.*|namespace)" }),
      relabelMetric({ action: "labeldrop" }),
      relabelMetric({ action: "labeldrop", regex: "n[a]mespace" }),
      relabelMetric({ action: "labeldrop", regex: "(?i)NAMESPACE" }),
      relabelMetric({ action: "labeldrop", regex: ".*space" }),
      relabelMetric({ action: "labelkeep", regex: "__name__|pod" }),
      podMonitor({ relabelings: [{ targetLabel: "namespace", replacement: "beta" }] }),
      podMonitor({ metricRelabelings: [{ targetLabel: "namespace", replacement: "beta" }] }),
      probe({ metricRelabelings: [{ targetLabel: "namespace", replacement: "beta" }] }),
      probe({}, { relabelingConfigs: [{ targetLabel: "__address__", replacement: "prober.beta.svc" }] }),
      probe({
        targets: {
          ingress: {
            selector: {},
            relabelingConfigs: [{ targetLabel: "__param_target", replacement: "beta" }],
          },
        },
      }),
    ],
  },
};
