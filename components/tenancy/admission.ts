/**
 * What tenants may apply, held by the API server: each rule of scope `tenants` as a policy, bound to the tenants' namespaces. The
 * same rules stop a preview; these stop what tenants apply with kubectl, which no preview sees.
 */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { admissionPolicy } from "../../policies/admission";
import type { Rule } from "../../policies/rule";
import { tenantRules } from "../../policies/rules/tenants";
import { objectLabels } from "../names";

export interface TenantAdmissionArgs {
  /** Namespace of the platform; part of the names, as the objects belong to the whole cluster. */
  readonly platformNamespace: string;
}

export class TenantAdmission extends pulumi.ComponentResource {
  constructor(name: string, args: TenantAdmissionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("moat:tenancy:TenantAdmission", name, {}, opts);
    for (const rule of tenantRules) {
      const part = rule.id.toLowerCase();
      const metadata = { name: `${args.platformNamespace}-${part}` };
      const policy = new kubernetes.admissionregistration.v1.ValidatingAdmissionPolicy(
        `${name}-${part}`,
        { metadata, spec: admissionPolicy(rule) },
        { parent: this },
      );
      new kubernetes.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
        `${name}-${part}-binding`,
        {
          metadata,
          spec: {
            policyName: policy.metadata.name,
            // Refused, and told in the API server's audit log.
            validationActions: ["Deny", "Audit"],
            ...where(rule),
          },
        },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}

/**
 * In tenants' namespaces. Namespaces themselves are looked at wherever they are: by their labels they only become a tenant's, or the
 * platform's.
 */
const where = (rule: Rule) =>
  rule.on.includes("v1/Namespace")
    ? {}
    : { matchResources: { namespaceSelector: { matchLabels: { [objectLabels.role]: "tenant" } } } };
