/**
 * Stops tenants from reading others through their alerts. The operator puts a rule's namespace into every selector of its expression,
 * but a template in a label or an annotation is run by Prometheus as it stands, and its function `query` sees every tenant's series.
 * Nothing in Prometheus turns it off, so the API server refuses such rules.
 */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { objectLabels } from "../names";

export interface RuleTemplatesArgs {
  /** Namespace of the platform; part of the names, as the objects belong to the whole cluster. */
  readonly namespace: string;
}

export class RuleTemplates extends pulumi.ComponentResource {
  constructor(name: string, args: RuleTemplatesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:metrics:RuleTemplates", name, {}, opts);
    const metadata = { name: `${args.namespace}-rule-templates` };
    const policy = new kubernetes.admissionregistration.v1.ValidatingAdmissionPolicy(
      `${name}-policy`,
      {
        metadata,
        spec: {
          failurePolicy: "Fail",
          matchConstraints: {
            resourceRules: [
              {
                apiGroups: ["monitoring.coreos.com"],
                apiVersions: ["*"],
                operations: ["CREATE", "UPDATE"],
                resources: ["prometheusrules"],
              },
            ],
          },
          validations: [{ expression: noQueries, message }],
        },
      },
      { parent: this },
    );
    new kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
      `${name}-binding`,
      {
        metadata,
        spec: {
          policyName: policy.metadata.name,
          validationActions: ["Deny"],
          matchResources: { namespaceSelector: { matchLabels: { [objectLabels.role]: "tenant" } } },
        },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

const message =
  "templates in labels and annotations of rules must not use the function query: it would read other tenants' series; put the query into expr, and use $value and $labels";

/**
 * Finds the word `query` inside `{{ }}` but outside text there: between two braces and the word stand quoted texts, characters, and
 * single braces. Text after `}}`, such as "slow query", is free.
 */
export const queryInTemplate =
  "\\{\\{(?:[^\"'`}]|\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])*'|`[^`]*`|\\}[^}])*?\\bquery\\b";

/**
 * True when no value of the map `labels` has such a template. The word alone is looked for first: it costs the API server a hundredth,
 * and what an expression may cost is bounded. With it, an object of 1,000 rules (650 KB) passes.
 */
const clean = (labels: string): string =>
  `(!has(${labels}) || ${labels}.all(key, !${labels}[key].contains("query") ` +
  `|| !${labels}[key].matches(r"""${queryInTemplate}""")))`;

/** CEL: true when no label of a group or rule and no annotation has such a template. */
const noQueries =
  `!has(object.spec.groups) || object.spec.groups.all(g, ${clean("g.labels")} && ` +
  `(!has(g.rules) || g.rules.all(r, ${clean("r.labels")} && ${clean("r.annotations")})))`;
