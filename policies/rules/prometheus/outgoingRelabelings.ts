import { tenantLabel } from "../../../components/names";
import { prometheusKinds } from "../../kinds";
import { quoteAll, type Rule } from "../../rule";
import { prometheus, sample } from "../../samples";
import { identity } from "./externalLabels";

const own = quoteAll(identity);
const action = 'c.?action.orValue("replace").lowerAscii()';

/** CEL: the condition holds for each relabeling `c` of what leaves, series or alerts. */
const each = (condition: string): string =>
  `object.?spec.?remoteWrite.orValue([]).all(w, w.?writeRelabelConfigs.orValue([]).all(c, ${condition}))
  && object.?spec.?alerting.?alertmanagers.orValue([]).all(a, a.?alertRelabelings.orValue([]).all(c, ${condition}))`;

/** Names of labels or their beginnings, as any other regular expression would have to be understood. */
const names = "^[a-zA-Z0-9_:]+([.][*+])?([|][a-zA-Z0-9_:]+([.][*+])?)*$";

const url = "https://a.example.org";
const writing = (...writeRelabelConfigs: object[]) =>
  prometheus({ remoteWrite: [{ url }, { url, writeRelabelConfigs }] });
const alerting = (...alertRelabelings: object[]) =>
  prometheus({ alerting: { alertmanagers: [{ name: "alertmanager", port: "web", alertRelabelings }] } });

export const outgoingRelabelings: Rule = {
  id: "P11c",
  title: "Series and alerts leave with their tenant's label",
  why: "A relabeling on the way out gives series and alerts to another tenant, or takes from them by what the receiver tells tenants apart.",
  severity: "high",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.RemoteWriteSpec",
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.AlertmanagerEndpoints",
    "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config",
  ],
  scope: "everywhere",
  on: [...prometheusKinds, "monitoring.coreos.com/v1/ThanosRuler"],
  validations: [
    {
      expression: each(
        `!(${action} in ["replace", "hashmod", "lowercase", "uppercase"]) || (!(c.?targetLabel.orValue("") in ${own}) && !c.?targetLabel.orValue("").contains("$"))`,
      ),
      message: `Write no relabeling into ${identity.join(" or ")}, or into a label whose name is computed.`,
    },
    {
      expression: each(`${action} != "labelmap"`),
      message: "Write no labelmap on the way out: replace single labels by name.",
    },
    {
      expression: each(
        `${action} != "labeldrop" || (c.?regex.orValue("").matches("${names}") && !c.?regex.orValue("").split("|").exists(part, ${own}.exists(l, l == part || (part.contains(".") && l.startsWith(part.split(".")[0])))))`,
      ),
      message: `Drop labels by names separated by |, each with .* behind it at most, and none of them ${identity.join(" or ")}.`,
    },
    {
      expression: each(
        `${action} != "labelkeep" || (c.?regex.orValue("").matches("${names}") && ${own}.all(l, c.?regex.orValue("").split("|").exists(part, part == l)))`,
      ),
      message: `Keep labels by names separated by |, ${identity.join(" and ")} among them.`,
    },
  ],
  samples: {
    good: [
      prometheus({}),
      writing({ sourceLabels: ["pod"], targetLabel: "instance" }),
      writing({ sourceLabels: [tenantLabel], regex: "beta", action: "drop" }),
      writing({ action: "labeldrop", regex: "prometheus_replica|pod_.*" }),
      writing({ action: "labelkeep", regex: `__name__|${identity.join("|")}|job` }),
      // Compares, and writes nothing.
      writing({ sourceLabels: ["exported_namespace"], targetLabel: tenantLabel, action: "KeepEqual" }),
      alerting({ action: "LabelDrop", regex: "prometheus_replica" }),
    ],
    bad: [
      ...identity.map((targetLabel) => writing({ targetLabel, replacement: "beta" })),
      writing({ sourceLabels: ["pod"], targetLabel: tenantLabel, action: "Lowercase" }),
      writing({ sourceLabels: ["pod"], targetLabel: tenantLabel, action: "HashMod", modulus: 4 }),
      // The name comes from a label of the target.
      writing({ sourceLabels: ["name"], targetLabel: "$1", replacement: "beta" }),
      writing({ action: "labelmap", regex: "exported_(.+)" }),
      writing({ action: "LabelDrop", regex: tenantLabel }),
      writing({ action: "labeldrop", regex: "pod|name.*" }),
      writing({ action: "labeldrop", regex: "(n)amespace" }),
      writing({ action: "labeldrop" }),
      writing({ action: "labelkeep", regex: "__name__|job" }),
      writing({ action: "LabelKeep", regex: "n.*" }),
      alerting({ targetLabel: tenantLabel, replacement: "beta" }),
      alerting({ action: "labeldrop", regex: tenantLabel }),
      sample("monitoring.coreos.com/v1/ThanosRuler", {
        spec: { remoteWrite: [{ url, writeRelabelConfigs: [{ targetLabel: tenantLabel }] }] },
      }),
    ],
  },
};
