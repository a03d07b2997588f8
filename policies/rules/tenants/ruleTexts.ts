import type { Fields, Rule } from "../../rule";
import { sample } from "../../samples";

/** Texts of one object together, in bytes, with the indentation that each line gets in a rule file. */
const mostBytes = 32_768;
const mostNameBytes = 200;
const mostLabels = 20;

/** Keys and values of a map. */
const entries = (of: string, field: string): string =>
  `${of}.?${field}.orValue({}).map(k, k + ${of}.${field}[k]).join("")`;

const text = (of: string, field: string): string => `string(${of}.?${field}.orValue(""))`;

const group = (rule: Fields, fields: Fields = {}) =>
  sample("monitoring.coreos.com/v1/PrometheusRule", {
    spec: { groups: [{ name: "g", rules: [{ alert: "A", expr: "vector(1)", ...rule }], ...fields }] },
  });
const record = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`l${i}`, "x"] as const));
const long = "x".repeat(mostBytes + 1);

export const ruleTexts: Rule = {
  id: "T8e",
  title: "Texts and names of rules are bounded",
  why: "Rules of all tenants share three ConfigMaps: a fourth restarts every Prometheus, each time that it comes or goes. A group's name is a label of Prometheus's own metrics: too long, and the scrape of it fails.",
  severity: "high",
  references: ["https://kubernetes.io/docs/concepts/configuration/configmap/#motivation"],
  scope: "tenants",
  on: ["monitoring.coreos.com/v1/PrometheusRule"],
  variables: {
    groups: "object.?spec.?groups.orValue([])",
    texts: `variables.groups.map(g, [string(g.name), ${entries("g", "labels")},
      g.?rules.orValue([]).map(r, [string(r.expr), ${["record", "alert"].map((field) => text("r", field)).join(", ")},
        ${entries("r", "labels")}, ${entries("r", "annotations")}].join("")).join("")].join("")).join("")`,
  },
  validations: [
    {
      expression: `variables.groups.all(g, size(bytes(g.name)) <= ${mostNameBytes})`,
      message: `Shorten the group's name: it may have ${mostNameBytes} bytes.`,
    },
    {
      expression: `variables.groups.all(g, size(g.?labels.orValue({})) <= ${mostLabels} && g.?rules.orValue([]).all(r,
        size(r.?labels.orValue({})) <= ${mostLabels} && size(r.?annotations.orValue({})) <= ${mostLabels}))`,
      message: `Write fewer labels and annotations: a rule may have ${mostLabels} of each.`,
    },
    {
      // What YAML writes as an escape of four bytes and more.
      expression: '!variables.texts.matches("[\\\\x00-\\\\x08\\\\x0b-\\\\x1f\\\\x7f]")',
      message: "Leave control characters out of names and texts.",
    },
    {
      expression: `size(bytes(variables.texts.replace("\\n", "            "))) <= ${mostBytes}`,
      message: `Split the object: its expressions, labels and annotations may have ${mostBytes} bytes together, counting each line's indentation.`,
    },
  ],
  samples: {
    good: [
      sample("monitoring.coreos.com/v1/PrometheusRule", { spec: {} }),
      group({ expr: 1 }),
      group({ labels: record(mostLabels), annotations: { summary: "a\n\tb é" } }, { labels: { a: "b" } }),
      group({ expr: `x == ${"1".repeat(30_000)}` }, { name: "n".repeat(mostNameBytes) }),
    ],
    bad: [
      group({}, { name: "n".repeat(mostNameBytes + 1) }),
      group({}, { name: "é".repeat(mostNameBytes / 2 + 1) }),
      group({ labels: record(mostLabels + 1) }),
      group({ annotations: record(mostLabels + 1) }),
      group({}, { labels: record(mostLabels + 1) }),
      group({ annotations: { summary: "a\u0007" } }),
      group({ alert: "\u001b[31m" }),
      group({ expr: long }),
      group({ labels: { a: long } }),
      group({ annotations: { a: long } }),
      group({ annotations: { a: "\n".repeat(3000) } }),
      group({ alert: undefined, record: long }),
      group({}, { labels: { [long]: "a" } }),
    ],
  },
};
