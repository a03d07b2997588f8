import { type Kind, partsOf, resources } from "../../kinds";
import { type PulumiType, quoteAll, type Rule } from "../../rule";
import { cloud } from "../../samples";

/** Kinds of the table are those that rules look at. */
const isKind = (name: string): name is Kind => name in resources;

/** Type of the resource that patches objects of a kind: `kubernetes:apps/v1:DeploymentPatch`. */
function patchOf(kind: Kind): PulumiType {
  const { group, version, kind: name } = partsOf(kind);
  return `kubernetes:${group || "core"}/${version}:${name}Patch`;
}

/** Objects that hold the rules themselves in the cluster. */
const guards: readonly PulumiType[] = [
  "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyPatch",
  "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBindingPatch",
  "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinitionPatch",
];

/** Labels that select nothing. Any other may be what a wall, a Service or a monitor goes by. */
const harmlessLabels = ["owner", "contact", "cost-center"];
/** Annotations of a domain that only describe, or tell Pulumi how to patch. */
const harmlessAnnotations = [
  "kubernetes.io/description",
  "pulumi.com/patchForce",
  "pulumi.com/patchFieldManager",
];

const prometheusPatch = patchOf("monitoring.coreos.com/v1/Prometheus");
const deploymentPatch = patchOf("apps/v1/Deployment");
const metadata = { name: "sample", namespace: "alpha" };

export const patches: Rule = {
  id: "R1",
  title: "Objects are written whole, not patched",
  why: "A patch shows only what it changes: one line takes a setting back, or adds a container, and no rule sees the object that comes of it.",
  severity: "high",
  references: [
    "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/",
  ],
  scope: "everywhere",
  on: [...Object.keys(resources).filter(isKind).map(patchOf), ...guards],
  validations: [
    {
      // The engine adds fields of its own.
      expression: `object.all(field, field in ["apiVersion", "kind", "metadata"] || field.startsWith("__"))`,
      message: "Write the whole object in the program; a patch may describe an object in its metadata only.",
    },
    {
      expression: `object.?metadata.orValue({}).all(field,
        field in ["name", "namespace", "labels", "annotations"] || field.startsWith("__"))`,
      message: "Let the patch change labels and annotations only, or write the whole object.",
    },
    {
      expression: `object.?metadata.?labels.orValue({}).all(key, key in ${quoteAll(harmlessLabels)})`,
      message: `Patch no labels but ${harmlessLabels.join(", ")}: others may be what a selector goes by. Write the whole object.`,
    },
    {
      expression: `object.?metadata.?annotations.orValue({}).all(key, !key.contains("/") || key in ${quoteAll(harmlessAnnotations)})`,
      message: `Patch no annotations of a domain but ${harmlessAnnotations.join(", ")}: a controller may act on them. Write the whole object.`,
    },
  ],
  samples: {
    good: [
      cloud(prometheusPatch, {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "Prometheus",
        metadata: { ...metadata, annotations: { "kubernetes.io/description": "for tenants" } },
      }),
      cloud(deploymentPatch, {
        metadata: {
          ...metadata,
          labels: { owner: "platform" },
          annotations: { "pulumi.com/patchForce": "true", runbook: "https://example.org" },
        },
      }),
      cloud("kubernetes:core/v1:ServicePatch", { metadata }),
    ],
    bad: [
      cloud(prometheusPatch, { metadata, spec: { overrideHonorLabels: false } }),
      cloud(deploymentPatch, { metadata, spec: { replicas: 3 } }),
      cloud("kubernetes:core/v1:SecretPatch", { metadata, stringData: { key: "value" } }),
      cloud("kubernetes:monitoring.coreos.com/v1:ServiceMonitorPatch", {
        metadata,
        spec: { endpoints: [{ honorLabels: true }] },
      }),
      cloud("kubernetes:monitoring.coreos.com/v1:AlertmanagerPatch", {
        metadata,
        spec: { alertmanagerConfigMatcherStrategy: { type: "None" } },
      }),
      cloud("kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBindingPatch", {
        metadata,
        spec: { validationActions: ["Audit"] },
      }),
      cloud("kubernetes:core/v1:NamespacePatch", {
        metadata: { name: "beta", labels: { "moat.dev/role": "tenant" } },
      }),
      cloud("kubernetes:core/v1:PodPatch", { metadata: { ...metadata, labels: { app: "gateway" } } }),
      cloud("kubernetes:core/v1:ServiceAccountPatch", {
        metadata: { ...metadata, annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/r" } },
      }),
      cloud("kubernetes:core/v1:ServicePatch", { metadata: { ...metadata, finalizers: [] } }),
    ],
  },
};
