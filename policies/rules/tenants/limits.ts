import { tenantAnnotations } from "../../../components/names";
import { monitorKinds } from "../../kinds";
import { endpoints, podMonitor, probe, serviceMonitor } from "../../monitors";
import { quote, type Rule } from "../../rule";
import { isLongEnough, isShortEnough, numberIn, shortestInterval } from "../../tenants";

/** Limits with a number for each tenant, by their field. */
const limited = {
  sampleLimit: tenantAnnotations.sampleLimit,
  targetLimit: tenantAnnotations.targetLimit,
} as const;

/** Limits that Prometheus caps by itself. 0 would mean none to a Prometheus that enforces nothing. */
const capped = ["labelLimit", "labelNameLengthLimit", "labelValueLengthLimit", "keepDroppedTargets"];

const size = "^[1-9][0-9]{0,5}([.][0-9]{1,3})?([KMG]i?)?B$";

/** Each endpoint is a scrape job with targets of its own. */
const mostEndpoints = 10;

const parameters = { [limited.sampleLimit]: "50000", [limited.targetLimit]: "100" };
const many = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ port: `p${i}`, followRedirects: false }));

export const limits: Rule = {
  id: "T7",
  title: "Monitors stay within the tenant's limits",
  why: "Scrapes without limits, every millisecond, fill the memory and the time of the Prometheus that all tenants share.",
  severity: "medium",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ServiceMonitorSpec",
  ],
  scope: "tenants",
  on: monitorKinds,
  variables: {
    ...endpoints,
    spec: "dyn(object).?spec.orValue({})",
    sampleLimit: numberIn(limited.sampleLimit),
    targetLimit: numberIn(limited.targetLimit),
  },
  validations: [
    ...Object.entries(limited).map(([field, name]) => ({
      expression: `!has(variables.spec.${field})
        || (variables.spec.${field} > 0 && variables.spec.${field} <= variables.${field})`,
      message: `Leave spec.${field} out, or set it to a number above 0 and at most that of the namespace's annotation ${name}.`,
    })),
    ...capped.map((field) => ({
      expression: `variables.spec.?${field}.orValue(1) > 0`,
      message: `Leave spec.${field} out, or set it to a number above 0.`,
    })),
    {
      // A size that Prometheus takes for 0 or less lifts the enforced limit, and one that it cannot read breaks its configuration.
      expression: `variables.spec.?bodySizeLimit.orValue("1B").matches(${quote(size)})`,
      message:
        "Leave spec.bodySizeLimit out, or set it to a size above 0, such as 512KiB or 1.5MiB: at most six digits before the point, and B, KiB, MiB or GiB.",
    },
    {
      expression: `variables.endpoints.all(e, e.?interval.orValue("") == ""
        || (${isLongEnough("e.interval")} && ${isShortEnough("e.interval")}))`,
      message: `Leave interval out, or set it to ${shortestInterval} or more, in hours, minutes and seconds.`,
    },
    {
      // The operator leaves out the whole monitor, and says so in an event.
      expression: `variables.endpoints.all(e, e.?scrapeTimeout.orValue("") in ["", "0"] || e.?interval.orValue("") == ""
        || !(${isShortEnough("e.interval")})
        || (${isShortEnough("e.scrapeTimeout")} && duration(e.scrapeTimeout) <= duration(e.interval)))`,
      message: "Leave scrapeTimeout out, or set it to the interval or less, in hours, minutes and seconds.",
    },
    {
      expression: `size(variables.endpoints) <= ${mostEndpoints}`,
      message: `Split the monitor: it may have ${mostEndpoints} endpoints.`,
    },
  ],
  samples: {
    good: [
      serviceMonitor({}),
      serviceMonitor({ interval: "5s" }, { sampleLimit: 50_000, targetLimit: 1 }, parameters),
      serviceMonitor({ interval: "1m" }, { labelLimit: 10, bodySizeLimit: "1.5MiB" }),
      serviceMonitor({ interval: "5000ms" }),
      serviceMonitor({ interval: "1m30s", scrapeTimeout: "90s" }),
      serviceMonitor({ interval: "10s", scrapeTimeout: "0" }),
      serviceMonitor({ interval: "", scrapeTimeout: "" }),
      probe({ interval: "010s", scrapeTimeout: "500ms" }),
      serviceMonitor({ interval: "1h0m4s" }),
      serviceMonitor({}, { endpoints: many(mostEndpoints) }),
      podMonitor({ interval: "010s" }, { sampleLimit: 10 }, parameters),
      probe({ interval: "30s", targetLimit: 100 }, {}, parameters),
    ],
    bad: [
      serviceMonitor({}, { sampleLimit: 50_001 }, parameters),
      serviceMonitor({}, { sampleLimit: 0 }, parameters),
      serviceMonitor({}, { sampleLimit: 1 }),
      podMonitor({}, { targetLimit: 101 }, parameters),
      probe({ targetLimit: 0 }, {}, parameters),
      ...capped.map((field) => podMonitor({}, { [field]: 0 })),
      serviceMonitor({}, { bodySizeLimit: "0" }),
      ...["0.0KiB", "-1B", "x1B", "1,5MB", "100EB", "0.0001B", "9999999B"].map((bodySizeLimit) =>
        serviceMonitor({}, { bodySizeLimit }),
      ),
      serviceMonitor({ interval: "10s", scrapeTimeout: "30s" }),
      podMonitor({ interval: "1h", scrapeTimeout: "1d" }),
      podMonitor({ interval: "5s", scrapeTimeout: "5001ms" }),
      probe({ interval: "1m", scrapeTimeout: "1m1s" }),
      serviceMonitor({ interval: "300y", scrapeTimeout: "301y" }),
      serviceMonitor({ interval: "4s" }),
      serviceMonitor({ interval: "4s999ms" }),
      serviceMonitor({ interval: "999ms" }),
      serviceMonitor({ interval: "0h0m1s" }),
      serviceMonitor({ interval: "0" }),
      serviceMonitor({ interval: "300y" }),
      serviceMonitor({ interval: "99999999999s" }),
      podMonitor({ interval: "1s" }),
      probe({ interval: "1ms" }),
      serviceMonitor({}, { endpoints: many(mostEndpoints + 1) }),
    ],
  },
};
