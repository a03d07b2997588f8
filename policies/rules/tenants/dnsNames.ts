import { tenantAnnotations } from "../../../components/names";
import { type Kind, partsOf } from "../../kinds";
import { quoteAll, type Rule } from "../../rule";
import { sample } from "../../samples";
import { leavesPlatformHosts, platformHosts } from "../../tenants";

/** Annotations in which external-dns looks for names, under its old and its new prefix. */
const names = ["hostname", "internal-hostname"];
const annotations = ["external-dns.alpha.kubernetes.io", "external-dns.kubernetes.io"].flatMap((prefix) =>
  names.map((name) => `${prefix}/${name}`),
);

const kinds = ["v1/Service", "v1/Pod", "networking.k8s.io/v1/Ingress"] as const satisfies readonly Kind[];

const specs = {
  Service: { selector: { app: "sample" }, ports: [{ name: "http", port: 80 }] },
  Pod: { containers: [{ name: "c", image: "example.org/c:v1" }] },
  Ingress: { defaultBackend: { service: { name: "web", port: { number: 80 } } } },
};
const hosts = { [tenantAnnotations.platformHosts]: "metrics.example.org,query.example.org" };

const named = (
  kind: (typeof kinds)[number],
  value: string,
  annotation = annotations[0],
  parameters: Readonly<Record<string, string>> = hosts,
) =>
  sample(
    kind,
    {
      metadata: { annotations: { [annotation ?? ""]: value } },
      spec: Object.entries(specs).find(([k]) => k === partsOf(kind).kind)?.[1],
    },
    parameters,
  );

export const dnsNames: Rule = {
  id: "T15b",
  title: "Names of DNS that tenants ask for are none of the platform's",
  why: "external-dns writes the records that annotations ask for: with the gateway's name a tenant's program gets the tokens that readers send there.",
  severity: "critical",
  references: ["https://kubernetes-sigs.github.io/external-dns/latest/docs/annotations/annotations/"],
  scope: "tenants",
  on: kinds,
  variables: {
    platformHosts,
    hosts: `${quoteAll(annotations)}.map(name, object.metadata.?annotations[?name].orValue("")).join(",").split(",")
      .map(host, host.trim())`,
  },
  validations: [
    {
      expression: leavesPlatformHosts("variables.hosts"),
      message: `Use another name: those of the annotation ${tenantAnnotations.platformHosts} of the namespace, and wildcards over them, are the platform's.`,
    },
  ],
  samples: {
    good: [
      sample("v1/Service", { spec: specs.Service }),
      ...kinds.map((kind) => named(kind, "web.example.org, www.example.org.")),
    ],
    bad: [
      ...kinds.map((kind) => named(kind, "metrics.example.org")),
      ...annotations.map((annotation) =>
        named("v1/Service", "a.example.org, Query.Example.org.", annotation),
      ),
      named("v1/Service", "*.example.org"),
      named("v1/Service", "web.example.org", annotations[0], {}),
    ],
  },
};
