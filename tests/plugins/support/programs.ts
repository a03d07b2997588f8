/** Pieces of the programs that the tests run. */

export const json = (value: unknown): string => JSON.stringify(value);

/**
 * First line of a program that loads ours. The loader looks into every file that is loaded after it, which takes longer than loading them:
 * programs of the tests themselves do without.
 */
export const inTypeScript = 'require("tsx/cjs");\n';

/** Loads the provider that takes changed data in place. */
export const mutable =
  'const opts = { provider: new k8s.Provider("p", { enableConfigMapMutable: true, enableSecretMutable: true }) };\n';

export const configMap = (namespace: string, data: object, metadata: object = { name: "c" }): string =>
  `new k8s.core.v1.ConfigMap("c", { metadata: ${json({ namespace, ...metadata })}, data: ${json(data)} }, opts);\n`;

interface Workload {
  readonly namespace: string;
  readonly name?: string;
  readonly replicas?: number;
  readonly image?: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly env?: readonly object[];
  /** Further fields of the pod. */
  readonly pod?: object;
}

/**
 * A deployment whose pods no node takes, so that a test decides what becomes of them, on a cluster with nodes too.
 */
export function deployment(w: Workload, opts = "opts"): string {
  const labels = w.labels ?? { app: "web" };
  const metadata = { name: w.name ?? "web", namespace: w.namespace, annotations: w.annotations ?? {} };
  const container = { name: "main", image: w.image ?? "none.invalid/web:1", env: w.env ?? [] };
  const spec = {
    replicas: w.replicas ?? 1,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { nodeSelector: { "moat.dev/none": "true" }, containers: [container], ...w.pod },
    },
  };
  return `new k8s.apps.v1.Deployment("web", ${json({ metadata, spec })}, ${opts});\n`;
}

export const skipAwait = { "pulumi.com/skipAwait": "true" };

/** Loads the provider as the environment has it: changed data in place, and what others have set is set back. */
export const firm =
  'const opts = { provider: new k8s.Provider("p", { enableConfigMapMutable: true, enableSecretMutable: true, enablePatchForce: true }) };\n';

/** A definition of a kind with one field, "size". */
export const widgetDefinition = (group: string): object => ({
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: "Namespaced",
    names: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: {
                type: "object",
                properties: {
                  size: { type: "integer", default: 1 },
                  flavour: {
                    type: "string",
                    "x-kubernetes-validations": [
                      { rule: "self == oldSelf", message: "flavour is immutable" },
                    ],
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
});
