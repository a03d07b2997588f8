import { monitorKinds } from "../../kinds";
import { podMonitor, probe, relabelings, serviceMonitor } from "../../monitors";
import { quote, type Rule } from "../../rule";

/** Whole numbers that the operator reads as unsigned. */
const counts = [
  "sampleLimit",
  "targetLimit",
  "labelLimit",
  "labelNameLengthLimit",
  "labelValueLengthLimit",
  "keepDroppedTargets",
  "nativeHistogramBucketLimit",
];

const factor = quote("^[0-9]{1,6}([.][0-9]{1,6})?$");

const relabel = (modulus: number) =>
  serviceMonitor({
    relabelings: [{ action: "hashmod", sourceLabels: ["pod"], targetLabel: "shard", modulus }],
  });

export const numbers: Rule = {
  id: "T7c",
  title: "Numbers of monitors are such as the operator can read",
  why: "The API server takes numbers that the operator cannot: then it reads no monitor of any tenant any more, and shows no error.",
  severity: "critical",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ServiceMonitorSpec",
    "https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/",
  ],
  scope: "tenants",
  on: monitorKinds,
  variables: { ...relabelings, spec: "dyn(object).?spec.orValue({})" },
  validations: [
    ...counts.map((field) => ({
      expression: `variables.spec.?${field}.orValue(0) >= 0`,
      message: `Leave spec.${field} out, or set it to a number that is not negative.`,
    })),
    {
      // It may be a number or a name. The schema bounds portNumber.
      expression: `variables.endpoints.all(e, type(e.?targetPort.orValue("")) == string
        || (e.targetPort > 0 && e.targetPort <= 65535))`,
      message: "Write a port from 1 to 65535 into targetPort.",
    },
    {
      expression: "variables.relabelings.all(list, list.all(r, r.?modulus.orValue(1) >= 0))",
      message: "Set modulus to a number that is not negative.",
    },
    {
      // The schema allows exponents with fractions, such as 1e1.5.
      expression: `string(variables.spec.?nativeHistogramMinBucketFactor.orValue(0)).matches(${factor})`,
      message: "Write spec.nativeHistogramMinBucketFactor as a plain number such as 1.1.",
    },
  ],
  samples: {
    good: [
      serviceMonitor({}),
      serviceMonitor({ port: undefined, targetPort: 9100 }, { nativeHistogramBucketLimit: 160 }),
      serviceMonitor({ port: undefined, targetPort: "metrics" }, { nativeHistogramMinBucketFactor: 2 }),
      podMonitor({ port: undefined, portNumber: 65_535 }, { nativeHistogramMinBucketFactor: "1.1" }),
      relabel(4),
      probe({ keepDroppedTargets: 0 }),
    ],
    bad: [
      ...counts.map((field) => serviceMonitor({}, { [field]: -1 })),
      podMonitor({}, { nativeHistogramBucketLimit: -2 }),
      probe({ nativeHistogramBucketLimit: -2 }),
      serviceMonitor({ port: undefined, targetPort: 99_999_999_999 }),
      serviceMonitor({ port: undefined, targetPort: -1 }),
      podMonitor({ port: undefined, targetPort: 0 }),
      relabel(-1),
      probe({}, { relabelingConfigs: [{ action: "keep", modulus: -2 }] }),
      podMonitor({ metricRelabelings: [{ action: "keep", modulus: -2 }] }),
      ...["1e1.5", "1.5e1.5", "-1", "1Ei", ".5", "100n"].map((nativeHistogramMinBucketFactor) =>
        serviceMonitor({}, { nativeHistogramMinBucketFactor }),
      ),
      probe({ nativeHistogramMinBucketFactor: -1 }),
    ],
  },
};
