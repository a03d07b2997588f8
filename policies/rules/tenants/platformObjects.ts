import { tenantObjects } from "../../../components/names";
import { type Kind, partsOf } from "../../kinds";
import { quote, type Rule } from "../../rule";
import { sample } from "../../samples";

const kinds = [
  "networking.k8s.io/v1/NetworkPolicy",
  "v1/ResourceQuota",
  "v1/LimitRange",
] as const satisfies readonly Kind[];

const specs = {
  NetworkPolicy: { podSelector: {} },
  ResourceQuota: { hard: { pods: "10" } },
  LimitRange: { limits: [{ type: "Container", default: { memory: "64Mi" } }] },
};

const named = (kind: (typeof kinds)[number], name: string) =>
  sample(kind, {
    metadata: { name },
    spec: Object.entries(specs).find(([k]) => k === partsOf(kind).kind)?.[1],
  });

export const platformObjects: Rule = {
  id: "T12c",
  title: "What the platform put around a namespace stays as it is",
  why: "Kubernetes' own roles edit and admin may delete NetworkPolicies: without the wall, pods reach the metadata service, nodes and private networks.",
  severity: "critical",
  references: ["https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles"],
  scope: "tenants",
  platformMay: true,
  judges: "changes",
  on: kinds,
  validations: [
    {
      expression: `oldObject.metadata.name != ${quote(tenantObjects)}`,
      message: `Only the platform changes the object called "${tenantObjects}": give yours another name.`,
    },
  ],
  samples: {
    good: kinds.map((kind) => named(kind, "own")),
    bad: kinds.map((kind) => named(kind, tenantObjects)),
  },
};
