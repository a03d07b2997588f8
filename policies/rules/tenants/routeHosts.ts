import { tenantAnnotations } from "../../../components/names";
import { type Fields, quote, type Rule } from "../../rule";
import { sample } from "../../samples";
import { leavesPlatformHosts, platformHosts } from "../../tenants";

/** A controller's annotation that adds hosts to an Ingress, separated by commas. */
const alias = "nginx.ingress.kubernetes.io/server-alias";

const backend = { service: { name: "web", port: { number: 80 } } };
const hosts = { [tenantAnnotations.platformHosts]: "metrics.example.org,query.example.org" };

const ingress = (spec: Fields, metadata: Fields = {}, parameters: Readonly<Record<string, string>> = hosts) =>
  sample(
    "networking.k8s.io/v1/Ingress",
    { metadata, spec: { defaultBackend: backend, ...spec } },
    parameters,
  );
const host = (name: string) => ingress({ rules: [{ host: name }] });

export const routeHosts: Rule = {
  id: "T15a",
  title: "Routes of tenants take none of the platform's hosts",
  why: "A controller of routes that serves the whole cluster brings a host to whoever names it: the tenant's pod would get the tokens that readers send to the gateway.",
  severity: "critical",
  references: ["https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards"],
  scope: "tenants",
  on: ["networking.k8s.io/v1/Ingress"],
  variables: {
    platformHosts,
    hosts: `object.?spec.?rules.orValue([]).map(r, r.?host.orValue(""))
      + object.?spec.?tls.orValue([]).map(t, t.?hosts.orValue([]).join(",")).join(",").split(",")
      + object.metadata.?annotations[?${quote(alias)}].orValue("").split(",").map(h, h.trim())`,
  },
  validations: [
    {
      expression: leavesPlatformHosts("variables.hosts"),
      message: `Use another host: those of the annotation ${tenantAnnotations.platformHosts} of the namespace, and wildcards over them, are the platform's.`,
    },
    {
      // It gets what no other rule takes, and an alias that is an expression may match any host.
      expression: `object.?spec.?rules.orValue([]).all(r, r.?host.orValue("") != "")`,
      message: "Name the host in each of spec.rules: a rule without one takes every host.",
    },
    {
      expression: `!object.metadata.?annotations[?${quote(alias)}].orValue("").contains("~")`,
      message: `Write plain hosts into the annotation ${alias}.`,
    },
  ],
  samples: {
    good: [
      ingress({}),
      host("web.example.org"),
      host("metrics.example.org.example.net"),
      ingress({
        rules: [{ host: "web.example.org" }],
        tls: [{ hosts: ["web.example.org"], secretName: "t" }],
      }),
      ingress({}, { annotations: { [alias]: "a.example.org, b.example.org" } }),
      ingress({ rules: [{ host: "web.example.org" }] }, {}, { [tenantAnnotations.platformHosts]: "" }),
    ],
    bad: [
      host("metrics.example.org"),
      host("*.example.org"),
      ingress({ rules: [{ host: "web.example.org" }, { host: "query.example.org" }] }),
      ingress({ tls: [{ hosts: ["web.example.org", "metrics.example.org"], secretName: "t" }] }),
      ingress({ rules: [{ http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }] }),
      ingress({}, { annotations: { [alias]: "a.example.org, query.example.org" } }),
      ingress({}, { annotations: { [alias]: "~^.*$" } }),
      // Without the parameter every host may be the platform's.
      ingress({ rules: [{ host: "web.example.org" }] }, {}, {}),
    ],
  },
};
