/** What a rule is: what it looks at, what must hold in CEL, why that matters, and the samples that prove it. */
import type { Kind } from "./kinds";

/** Any JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

export interface Rule {
  /** Name in the catalogue: P1, S1b. Never given to another rule. */
  readonly id: string;
  /** What must hold, in half a sentence. */
  readonly title: string;
  /** The attack that succeeds without it, in one sentence. */
  readonly why: string;
  readonly severity: "low" | "medium" | "high" | "critical";
  /** Where the fields are described. */
  readonly references: readonly string[];
  /**
   * `everywhere`: the platform's own objects and whatever stands beside them; checked at preview.
   * `tenants`: what is applied in tenants' namespaces; checked at preview and by the API server.
   */
  readonly scope: "everywhere" | "tenants";
  /** The platform itself makes such objects in tenants' namespaces, so the rule holds for everybody else. */
  readonly platformMay?: boolean;
  /**
   * Default: judges what is applied, which conditions see as `object`. The API server alone meets the others. `changes`: updates and
   * removals of what stands already, which conditions see as `oldObject`. `statuses`: what is written into the status of what stands,
   * as `object` beside `oldObject`. `connections`: connections through the API server, whose kinds are the options of these.
   */
  readonly judges?: "changes" | "statuses" | "connections";
  /**
   * Fields that only a cloud can fill in, such as the address of a load balancer. While they are not known, conditions that look at them hold;
   * the update judges them, when they are. Default: none, and what is not known is refused.
   */
  readonly knownLater?: readonly string[];
  /** What it looks at: Kubernetes kinds, or types of other Pulumi packages such as `aws:s3/bucket:Bucket`. */
  readonly on: readonly (Kind | PulumiType)[];
  /** Parts of conditions by name, for use as `variables.<name>`. Each may use those before it. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly validations: readonly Validation[];
  readonly samples: Samples;
}

export interface Validation {
  /**
   * CEL that is true when all is well. It sees `object` (a Kubernetes object, or the inputs of another resource), `variables`, and
   * for rules of scope `tenants` `namespaceObject`. Optional fields by `.?field`, as the API server has it.
   */
  readonly expression: string;
  /** What is wrong and how to mend it, in one or two sentences. */
  readonly message: string;
}

/** Type token of a resource that is no Kubernetes object of the table: clouds, Docker, Helm releases, patches. */
export type PulumiType = `${"aws" | "openstack" | "docker" | "kubernetes"}:${string}:${string}`;

export interface Samples {
  /** Each passes all validations. */
  readonly good: readonly Sample[];
  /** Each is refused by at least one. */
  readonly bad: readonly Sample[];
}

export interface Sample {
  /** A Kubernetes object with apiVersion and kind, or the inputs of another resource. */
  readonly object: Fields;
  /** Type of a resource that is no Kubernetes object. */
  readonly type?: PulumiType;
  /** Annotations of the tenant's namespace: its parameters (`tenantAnnotations` of components/names.ts). */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A text as a CEL literal. */
export const quote = (text: string): string => JSON.stringify(text);

/** Texts as a CEL list. */
export const quoteAll = (texts: readonly string[]): string => `[${texts.map(quote).join(", ")}]`;
