import { monitorKinds } from "../../kinds";
import { podMonitor, probe, relabelings, serviceMonitor } from "../../monitors";
import { cheapWords, isCheap, mostRepetitions } from "../../regularExpressions";
import type { Rule } from "../../rule";

const drop = (regex: string) => ({ action: "drop", sourceLabels: ["pod"], regex });
const relabel = (regex: string) => serviceMonitor({ relabelings: [drop(regex)] });

export const monitorExpressions: Rule = {
  id: "T7e",
  title: "Regular expressions of monitors are cheap",
  why: "A few kB of counted repetitions fill the memory of the operator and of every Prometheus, which compile them again at each start.",
  severity: "high",
  references: ["https://github.com/google/re2/wiki/Syntax"],
  scope: "tenants",
  on: monitorKinds,
  variables: {
    ...relabelings,
    regexes: 'variables.relabelings.map(list, list.map(r, r.?regex.orValue("")).join("\\n"))',
  },
  validations: [
    {
      expression: `variables.relabelings.all(list, list.all(r, ${isCheap('r.?regex.orValue("")')}))`,
      message: `Simplify the regex: ${cheapWords}.`,
    },
    {
      expression: `size(variables.regexes.join("\\n").split("{")) <= ${2 * mostRepetitions + 1}`,
      message: `Write fewer counts: all of a monitor's regexes together may have ${2 * mostRepetitions}.`,
    },
  ],
  samples: {
    good: [
      serviceMonitor({}),
      relabel("[0-9]{1,3}([.][0-9]{1,3}){3}".replace("){3}", ")+")),
      relabel("pod-[a-z0-9]{5}"),
      relabel("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
      relabel("\\d+\\.\\w+"),
      podMonitor({ metricRelabelings: [drop("[a-f]{64}")] }),
      relabel("(?i)[a-z]+"),
      relabel("[à-ÿ]+"),
    ],
    bad: [
      relabel("a{1000}"),
      relabel("a{,100}"),
      relabel("a{1,100}"),
      relabel("(a|b){9}"),
      relabel("a{9}{9}"),
      relabel("a{9}".repeat(mostRepetitions + 1)),
      relabel("\\pL\\PL"),
      relabel("(?i)[B-ﾟ]"),
      relabel("a(?si:[à-ÿ])"),
      relabel("(?i)[a-\\x{ff9f}]"),
      serviceMonitor({
        relabelings: ["a", "b", "c"].map((c) => drop(`${c}{9}`.repeat(mostRepetitions - 1))),
      }),
      podMonitor({ metricRelabelings: [drop("a{100}")] }),
      probe({}, { relabelingConfigs: [drop("a{100}")] }),
    ],
  },
};
