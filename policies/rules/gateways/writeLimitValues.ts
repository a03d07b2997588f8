import { configMap } from "../../programSamples";
import { quote, type Rule } from "../../rule";
import { key, textVariables } from "../../texts";

const limits = ["size_bytes_limit", "series_limit", "samples_limit", "head_series_limit"];

/** A limit that is a number above 0, and one that is none. */
const set = (name: string): string => quote(`${key(name)}[1-9]`);
const off = (name: string): string => quote(`${key(name)}(0\\s|-)`);

const text = (values: Readonly<Record<string, number>>, global = "http://thanos-query:10902") => {
  const request = Object.entries(values)
    .filter(([name]) => name !== "head_series_limit")
    .map(([name, value]) => `      ${name}: ${value}\n`)
    .join("");
  const head = values.head_series_limit;
  return configMap(
    "limits.yaml",
    `write:\n  global:\n    max_concurrency: 30\n${global === "" ? "" : `    meta_monitoring_url: ${global}\n`}  default:\n    request:\n${request}${head === undefined ? "" : `    head_series_limit: ${head}\n`}  tenants: {}\n`,
  );
};
const all = Object.fromEntries(limits.map((name) => [name, 1000]));
const without = (name: string) => Object.fromEntries(Object.entries(all).filter(([n]) => n !== name));

export const writeLimitValues: Rule = {
  id: "W3b",
  title: "Every limit of receivers has a value that limits",
  why: "A limit that is missing or 0 is none, and limits of series hold only while the receiver can ask how many there are.",
  severity: "high",
  references: ["https://thanos.io/tip/components/receive.md/#limits--gates-experimental"],
  scope: "everywhere",
  on: ["v1/ConfigMap"],
  variables: {
    ...textVariables,
    limits: `variables.texts.filter(t, t.matches(${quote(key("write"))}) && t.matches(${quote(key("default"))})
      && t.matches(${quote(key(`(${limits.join("|")})`))}))`,
  },
  validations: [
    ...limits.map((name) => ({
      expression: `variables.limits.all(t, t.matches(${set(name)}) && !t.matches(${off(name)}))`,
      message: `Set ${name} below write.default to a number above 0.`,
    })),
    {
      expression: `variables.limits.all(t, t.matches(${quote(`${key("meta_monitoring_url")}https?://`)}))`,
      message:
        "Set write.global.meta_monitoring_url to the Thanos Query that has the receivers' own metrics, and have an alert on its errors: without answers the limit of series is not held.",
    },
  ],
  samples: {
    good: [
      text(all),
      configMap("limits.yaml", "# write, default: see series_limit\n"),
      configMap("prometheus.yaml", "write: {}\ndefault: {}\n"),
    ],
    bad: [
      ...limits.map((name) => text(without(name))),
      ...limits.map((name) => text({ ...all, [name]: 0 })),
      text(all, ""),
    ],
  },
};
