import { monitorKinds } from "../../kinds";
import { podMonitor, probe, relabelings, serviceMonitor } from "../../monitors";
import { type Fields, quoteAll, type Rule } from "../../rule";

const action = 'r.?action.orValue("replace").lowerAscii()';

const equal = ["keepequal", "dropequal"];
const writing = ["replace", "hashmod", "lowercase", "uppercase", ...equal];
const others = ["regex", "modulus", "separator", "replacement"];

const relabel = (relabeling: Fields) => serviceMonitor({ relabelings: [relabeling] });

export const relabelFields: Rule = {
  id: "T7f",
  title: "Relabelings have the fields that their action takes",
  why: "Prometheus refuses the configuration of all tenants for one relabeling whose fields do not fit its action.",
  severity: "high",
  references: [
    "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config",
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.RelabelConfig",
  ],
  scope: "tenants",
  on: monitorKinds,
  variables: relabelings,
  validations: [
    {
      // Prometheus takes a default that is written out for another value.
      expression: `variables.relabelings.all(list, list.all(r, !(${action} in ${quoteAll(equal)})
        || !(${others.map((field) => `has(r.${field})`).join(" || ")})))`,
      message: "Leave all fields but sourceLabels and targetLabel out of keepequal and dropequal.",
    },
    {
      expression: `variables.relabelings.all(list, list.all(r, !(${action} in ${quoteAll(writing)})
        || r.?targetLabel.orValue("") != ""))`,
      message: `Give the relabeling a targetLabel: ${writing.join(", ")} need one.`,
    },
    {
      expression: `variables.relabelings.all(list, list.all(r, ${action} != "hashmod" || r.?modulus.orValue(0) != 0))`,
      message: "Give hashmod a modulus above 0.",
    },
    {
      expression: `variables.relabelings.all(list, list.all(r, r.?sourceLabels.orValue([]).all(label, label != "")))`,
      message: "Leave empty names out of sourceLabels.",
    },
  ],
  samples: {
    good: [
      serviceMonitor({}),
      relabel({ action: "KeepEqual", sourceLabels: ["a"], targetLabel: "b" }),
      relabel({ action: "keep", separator: ";", regex: "(.*)", replacement: "$1", sourceLabels: ["a"] }),
      relabel({ action: "HashMod", sourceLabels: ["a"], targetLabel: "shard", modulus: 4 }),
      podMonitor({ metricRelabelings: [{ action: "lowercase", sourceLabels: ["a"], targetLabel: "a" }] }),
      relabel({ action: "drop", sourceLabels: [], regex: "x" }),
    ],
    bad: [
      ...others.map((field) =>
        relabel({
          action: "keepequal",
          sourceLabels: ["a"],
          targetLabel: "b",
          [field]: field === "modulus" ? 1 : "x",
        }),
      ),
      relabel({ action: "DropEqual", sourceLabels: ["a"], targetLabel: "b", regex: "(.*)" }),
      ...writing.map((name) => relabel({ action: name, sourceLabels: ["a"], modulus: 2 })),
      relabel({ sourceLabels: ["a"] }),
      podMonitor({ metricRelabelings: [{ action: "hashmod", sourceLabels: ["a"], targetLabel: "b" }] }),
      probe({}, { relabelingConfigs: [{ sourceLabels: [""], targetLabel: "b" }] }),
    ],
  },
};
