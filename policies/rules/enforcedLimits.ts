import { at, prometheus, prometheusKinds, type Rule } from "../rule";

/** Each limit: the field that caps what a monitor asks for, and its twin, which a monitor gets that asks for nothing. */
const limits = [
  ["enforcedSampleLimit", "sampleLimit"],
  ["enforcedTargetLimit", "targetLimit"],
  ["enforcedLabelLimit", "labelLimit"],
  ["enforcedLabelNameLengthLimit", "labelNameLengthLimit"],
  ["enforcedLabelValueLengthLimit", "labelValueLengthLimit"],
  ["enforcedBodySizeLimit", "bodySizeLimit"],
  ["enforcedKeepDroppedTargets", "keepDroppedTargets"],
] as const;

/** 0 means no limit. */
const isLimit = (value: unknown): boolean =>
  (typeof value === "number" && value > 0) || (typeof value === "string" && /^[1-9]/.test(value));

const all = Object.fromEntries(
  limits.flat().map((field) => [field, field.includes("odySize") ? "16MiB" : 100]),
);

export const enforcedLimits: Rule = {
  id: "P6",
  title: "Every limit on scrapes is set, and enforced",
  why: "One tenant's target with endless series or a huge answer fills the memory of the Prometheus that all tenants share.",
  severity: "high",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.CommonPrometheusFields",
  ],
  message: "Set each limit and its enforced twin to a number above 0.",
  kinds: prometheusKinds,
  check: (object) => {
    const missing = limits.flat().filter((field) => !isLimit(at(object, "spec", field)));
    return missing.length === 0 ? [] : [`no limit in ${missing.map((field) => `spec.${field}`).join(", ")}`];
  },
  samples: {
    good: [prometheus(all)],
    bad: [
      prometheus({}),
      ...limits.flat().map((field) => prometheus({ ...all, [field]: undefined })),
      prometheus({ ...all, enforcedSampleLimit: 0 }),
      prometheus({ ...all, enforcedBodySizeLimit: "0" }),
    ],
  },
};
