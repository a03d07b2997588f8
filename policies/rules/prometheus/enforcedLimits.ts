import { prometheusKinds } from "../../kinds";
import type { Rule } from "../../rule";
import { prometheus } from "../../samples";

/** Each limit: the field that caps what a monitor asks for, and its twin, which a monitor gets that asks for nothing. */
export const limits = [
  ["enforcedSampleLimit", "sampleLimit"],
  ["enforcedTargetLimit", "targetLimit"],
  ["enforcedLabelLimit", "labelLimit"],
  ["enforcedLabelNameLengthLimit", "labelNameLengthLimit"],
  ["enforcedLabelValueLengthLimit", "labelValueLengthLimit"],
  ["enforcedBodySizeLimit", "bodySizeLimit"],
  ["enforcedKeepDroppedTargets", "keepDroppedTargets"],
].flat();

const isSize = (field: string): boolean => field.toLowerCase().includes("bodysize");

/** 0 means no limit. */
const isLimit = (field: string): string =>
  isSize(field)
    ? `object.?spec.?${field}.orValue("").matches("^[1-9]")`
    : `object.?spec.?${field}.orValue(0) > 0`;

const all = Object.fromEntries(limits.map((field) => [field, isSize(field) ? "16MiB" : 100]));

export const enforcedLimits: Rule = {
  id: "P6",
  title: "Every limit on scrapes is set, and enforced",
  why: "One tenant's target with endless series or a huge answer fills the memory of the Prometheus that all tenants share.",
  severity: "high",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.CommonPrometheusFields",
  ],
  scope: "everywhere",
  on: prometheusKinds,
  validations: limits.map((field) => ({
    expression: isLimit(field),
    message: `Set spec.${field} to a number above 0, and its twin with it.`,
  })),
  samples: {
    good: [prometheus(all)],
    bad: [
      prometheus({}),
      ...limits.map((field) => prometheus({ ...all, [field]: undefined })),
      prometheus({ ...all, enforcedSampleLimit: 0 }),
      prometheus({ ...all, enforcedBodySizeLimit: "0" }),
    ],
  },
};
