import { monitorKinds } from "../../kinds";
import { podMonitor, probe, relabelings, serviceMonitor } from "../../monitors";
import type { Rule } from "../../rule";

/** Texts of all lists and fields together, in bytes. A modulus is a text of up to 20 digits. */
const mostBytes = 4096;
const mostRelabelings = 50;
const mostItems = 20;
const mostNames = 50;
const mostTargets = 100;

const text = (of: string, field: string): string => `string(${of}.?${field}.orValue(""))`;
const joined = (of: string, field: string): string => `${of}.?${field}.orValue([]).join("")`;
/** Keys and values of a map of texts. */
const entries = (of: string, field: string): string =>
  `${of}.?${field}.orValue({}).map(k, k + ${of}.${field.replaceAll("?", "")}[k]).join("")`;

/** Lists by path of which there is one in a monitor, with the most entries that they may have. */
const lists: readonly (readonly [string, number])[] = [
  ["?targetLabels", mostNames],
  ["?podTargetLabels", mostNames],
  ["?selector.?matchExpressions", mostItems],
  ["?targets.?staticConfig.?static", mostTargets],
];
const maps = ["?selector.?matchLabels", "?targets.?staticConfig.?labels"];
const ofEndpoint = ["?params", "?oauth2.?scopes", "?oauth2.?endpointParams"];

const variables = {
  ...relabelings,
  spec: "dyn(object).?spec.orValue({})",
  // A Probe has a list of names and values, the others a map of lists.
  params: `variables.endpoints.map(e, object.kind == "Probe"
    ? e.?params.orValue([]).map(p, [p.name] + p.?values.orValue([]))
    : e.?params.orValue({}).map(k, [k] + e.params[k]))`,
  texts: `variables.relabelings.map(list, list.map(r, [${[
    "separator",
    "regex",
    "targetLabel",
    "replacement",
    "modulus",
  ]
    .map((field) => text("r", field))
    .join(", ")}, ${joined("r", "sourceLabels")}].join("")).join(""))
    + variables.params.map(list, list.map(values, values.join("")).join(""))
    + variables.endpoints.map(e, [${[
      text("e", "path"),
      text("e", "port"),
      text("e", "module"),
      text("e", "jobName"),
      text("e", "prober.?path"),
      text("e", "prober.?url"),
      text("e", "tlsConfig.?serverName"),
      text("e", "oauth2.?tokenUrl"),
      text("e", "oauth2.?tlsConfig.?serverName"),
      joined("e", "oauth2.?scopes"),
      entries("e", "oauth2.?endpointParams"),
    ].join(", ")}].join(""))
    + [${[
      text("variables.spec", "jobLabel"),
      joined("variables.spec", "targetLabels"),
      joined("variables.spec", "podTargetLabels"),
      joined("variables.spec", "targets.?staticConfig.?static"),
      entries("variables.spec", "targets.?staticConfig.?labels"),
      entries("variables.spec", "selector.?matchLabels"),
      'variables.spec.?selector.?matchExpressions.orValue([]).map(x, x.key + x.?values.orValue([]).join("")).join("")',
    ].join(", ")}]`,
};

const many = (count: number) => Array.from({ length: count }, (_, i) => `l${i}`);
const relabel = (count: number) => many(count).map((targetLabel) => ({ targetLabel, replacement: "x" }));
const record = (count: number) => Object.fromEntries(many(count).map((key) => [key, "x"]));
const long = "x".repeat(mostBytes + 1);
/** Short to read, and as long as any text where it is written out. */
const moduli = (count: number) =>
  many(count).map((targetLabel) => ({ action: "hashmod", targetLabel, modulus: Number.MAX_SAFE_INTEGER }));
const oauth2 = (more: object) => ({
  oauth2: {
    clientId: { secret: { name: "oauth", key: "id" } },
    clientSecret: { name: "oauth", key: "secret" },
    tokenUrl: "https://login.alpha.svc/token",
    ...more,
  },
});

export const monitorTexts: Rule = {
  id: "T7d",
  title: "Texts and lists of monitors are bounded",
  why: "All scrapes of all tenants share one Secret of 1 MiB: two monitors with enough text, and the operator can write no change of any tenant any more.",
  severity: "high",
  references: ["https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size"],
  scope: "tenants",
  on: monitorKinds,
  variables,
  validations: [
    {
      expression: `variables.relabelings.all(list, size(list) <= ${mostRelabelings}
        && list.all(r, size(r.?sourceLabels.orValue([])) <= ${mostItems}))`,
      message: `Write fewer relabelings: a list may have ${mostRelabelings}, and each of them ${mostItems} sourceLabels. One regex may name many metrics.`,
    },
    ...lists.map(([path, most]) => ({
      expression: `size(variables.spec.${path}.orValue([])) <= ${most}`,
      message: `Split the monitor: spec.${path.replaceAll("?", "")} may have ${most} entries.`,
    })),
    ...maps.map((path) => ({
      expression: `size(variables.spec.${path}.orValue({})) <= ${mostItems}`,
      message: `Write fewer labels: spec.${path.replaceAll("?", "")} may have ${mostItems}.`,
    })),
    {
      expression: `variables.spec.?selector.?matchExpressions.orValue([]).all(x, size(x.?values.orValue([])) <= ${mostNames})`,
      message: `Write fewer values: each of spec.selector.matchExpressions may have ${mostNames}.`,
    },
    ...ofEndpoint.map((path) => ({
      expression: `variables.endpoints.all(e, !e.${path}.hasValue() || size(e.${path}.value()) <= ${mostItems})`,
      message: `Write fewer ${path.replaceAll("?", "")}: an endpoint may have ${mostItems}.`,
    })),
    {
      expression: `variables.params.all(list, list.all(values, size(values) <= ${mostItems}))`,
      message: `Write fewer values: one of params may have ${mostItems - 1}.`,
    },
    {
      expression: `size(bytes(variables.texts.join(""))) <= ${mostBytes}`,
      message: `Shorten the texts of the monitor, such as regex and params, or split it: together they may have ${mostBytes} bytes.`,
    },
  ],
  samples: {
    good: [
      serviceMonitor({}),
      serviceMonitor({ relabelings: relabel(mostRelabelings), metricRelabelings: relabel(mostRelabelings) }),
      serviceMonitor({ params: { match: many(mostItems - 1) }, ...oauth2({ scopes: ["a"] }) }),
      podMonitor({ metricRelabelings: [{ action: "drop", regex: "x".repeat(2000) }] }),
      probe({ params: [{ name: "hostname", values: ["example.org"] }] }, { static: many(mostTargets) }),
    ],
    bad: [
      serviceMonitor({ relabelings: relabel(mostRelabelings + 1) }),
      podMonitor({ metricRelabelings: relabel(mostRelabelings + 1) }),
      probe({}, { relabelingConfigs: relabel(mostRelabelings + 1) }),
      serviceMonitor({ relabelings: [{ action: "keep", sourceLabels: many(mostItems + 1) }] }),
      serviceMonitor({}, { targetLabels: many(mostNames + 1) }),
      podMonitor({}, { podTargetLabels: many(mostNames + 1) }),
      serviceMonitor({}, { selector: { matchLabels: record(mostItems + 1) } }),
      podMonitor(
        {},
        {
          selector: {
            matchExpressions: many(mostItems + 1).map((key) => ({ key, operator: "Exists" })),
          },
        },
      ),
      podMonitor(
        {},
        { selector: { matchExpressions: [{ key: "a", operator: "In", values: many(mostNames + 1) }] } },
      ),
      probe({}, { static: many(mostTargets + 1) }),
      probe({}, { labels: record(mostItems + 1) }),
      serviceMonitor({
        params: Object.fromEntries(many(mostItems + 1).map((name) => [name, ["x"]])),
      }),
      probe({ params: many(mostItems + 1).map((name) => ({ name, values: ["x"] })) }),
      serviceMonitor({ params: { match: many(mostItems) } }),
      serviceMonitor(oauth2({ scopes: many(mostItems + 1) })),
      serviceMonitor(oauth2({ endpointParams: record(mostItems + 1) })),
      ...[
        { path: long },
        { params: { match: [long] } },
        { tlsConfig: { serverName: long } },
        { relabelings: [{ action: "drop", regex: long }] },
        { metricRelabelings: [{ targetLabel: "a", replacement: "é".repeat(mostBytes / 2 + 1) }] },
        oauth2({ endpointParams: { audience: long } }),
      ].map((endpoint) => serviceMonitor(endpoint)),
      serviceMonitor(
        {},
        {
          endpoints: many(5).map((port) => ({
            port,
            followRedirects: false,
            relabelings: moduli(mostRelabelings),
          })),
        },
      ),
      serviceMonitor({}, { selector: { matchLabels: { app: long } } }),
      probe({ module: long }),
      probe({ params: [{ name: "hostname", values: [long] }] }),
      probe({}, { static: [long] }),
    ],
  },
};
