import type { Fields, Rule } from "../../rule";
import { cloud } from "../../samples";
import { chart, isChart, releaseType } from "./monitoringCharts";

/** CEL: a release of another chart than the one whose values are read. */
export const isOther = `!${isChart("kube-prometheus-stack")}`;

/** A release of the chart. */
export const stack = (values: Fields, inputs: Fields = {}) =>
  cloud(releaseType, { chart: "kube-prometheus-stack", namespace: "alpha", values, ...inputs });

/** Inputs of the release by which values or objects come from elsewhere. */
const inputs = ["valueYamlFiles", "postrender", "reuseValues"];
/** Values that are whole objects, or written into objects as they stand. */
const values = [
  "extraManifests",
  "prometheus.prometheusSpec.additionalConfig",
  "prometheus.prometheusSpec.additionalConfigString",
  "prometheus.prometheusSpec.additionalRemoteWrite",
  "alertmanager.alertmanagerSpec.additionalConfig",
  "alertmanager.alertmanagerSpec.additionalConfigString",
];

/** CEL: nothing, as values of charts say it. */
export const isNothing = (value: string): string =>
  `[${value}].all(v, v == null || v == false || v == "" || v == [] || v == {})`;

const isUnset = (path: string): string => isNothing(`object.?${path.replaceAll(".", ".?")}.orValue(null)`);

/** Values with one at a path. */
export const at = (path: string, value: unknown): Fields =>
  path
    .split(".")
    .reduceRight<Fields>((inner, key, i, keys) => ({ [key]: i === keys.length - 1 ? value : inner }), {});

export const stackReadable: Rule = {
  id: "R2b",
  title: "Everything that kube-prometheus-stack is told stands in its values",
  why: "What comes from a file, an earlier release or a program between is not seen at preview, so it switches off any setting unseen.",
  severity: "high",
  references: [
    "https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v3/release/",
    "https://github.com/prometheus-community/helm-charts/blob/main/charts/kube-prometheus-stack/values.yaml",
  ],
  scope: "everywhere",
  on: [releaseType],
  variables: { chart },
  validations: [
    ...inputs.map((field) => ({
      expression: `${isOther} || ${isUnset(field)}`,
      message: `Leave ${field} out of the release and write everything into values, or use a kubernetes.helm.sh/v4.Chart.`,
    })),
    ...values.map((path) => ({
      expression: `${isOther} || ${isUnset(`values.${path}`)}`,
      message: `Leave ${path} out of the values: use the fields of the chart, or resources of their own.`,
    })),
  ],
  samples: {
    good: [
      stack({}),
      stack({ extraManifests: [] }, { valueYamlFiles: [], reuseValues: false, postrender: "" }),
      cloud(releaseType, { chart: "traefik", postrender: "kustomize", values: { extraManifests: [{}] } }),
    ],
    bad: [
      stack({}, { valueYamlFiles: ["values.yaml"] }),
      stack({}, { postrender: "kustomize" }),
      stack({}, { reuseValues: true }),
      ...values.map((path) => stack(at(path, ["x"]))),
      stack({ prometheus: { prometheusSpec: { additionalConfig: { overrideHonorLabels: false } } } }),
    ],
  },
};
