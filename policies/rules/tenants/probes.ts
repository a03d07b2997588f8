import { tenantAnnotations } from "../../../components/names";
import { probe } from "../../monitors";
import { quote, type Rule } from "../../rule";
import { hostsIn, isAllowed, isOwnService, ownNamespaces } from "../../tenants";

const static_ = "object.?spec.?targets.?staticConfig.?static.orValue([])";

const targets = (target: string, hosts?: string) =>
  probe(
    {},
    { static: [target] },
    hosts === undefined ? undefined : { [tenantAnnotations.probeTargets]: hosts },
  );

export const probes: Rule = {
  id: "T5b",
  title: "Probes ask their own prober, for targets that were allowed",
  why: "A probe through another's prober, or of any target, reads pages of the platform and of other tenants from inside the walls.",
  severity: "high",
  references: ["https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ProbeSpec"],
  scope: "tenants",
  on: ["monitoring.coreos.com/v1/Probe"],
  variables: { ...ownNamespaces, hosts: hostsIn(tenantAnnotations.probeTargets) },
  validations: [
    {
      expression: isOwnService('object.?spec.?prober.?url.orValue("")'),
      message:
        "Name a Service of the tenant in spec.prober.url, with its namespace: name.namespace.svc:port.",
    },
    {
      expression: `${static_}.all(t, ${isOwnService("t")} || (${isAllowed("t", "variables.hosts")}))`,
      message: `Probe Services of the tenant and the hosts of the annotation ${tenantAnnotations.probeTargets} of its namespace; the platform's configuration lists them as probeTargets.`,
    },
    {
      // Whoever writes the Ingress chooses the host.
      expression: "!has(object.spec) || !has(object.spec.targets) || !has(object.spec.targets.ingress)",
      message: "Name the targets in spec.targets.staticConfig instead of spec.targets.ingress.",
    },
    {
      expression: `object.?spec.?params.orValue([]).all(p, p.name != ${quote("target")})`,
      message: "Name targets in spec.targets, none in spec.params.",
    },
  ],
  samples: {
    good: [
      probe({}),
      probe({ prober: { url: "prober.alpha.svc.cluster.local" }, module: "http_2xx" }),
      probe({ params: [{ name: "hostname", values: ["example.org"] }] }),
      targets("http://web.alpha.svc:8080/health?full=1"),
      targets("https://example.org/a@b#c", "example.org,example.net"),
      targets("EXAMPLE.org:443", "example.org"),
      targets("https://www.example.org?q", "*.example.org"),
      targets("10.1.2.3:22", "*"),
    ],
    bad: [
      probe({ prober: { url: "prober.beta.svc:9115" } }),
      // Looked up in the namespace of Prometheus.
      probe({ prober: { url: "prober:9115" } }),
      probe({ prober: { url: "10.1.2.3:9115" } }),
      // Where there is no such Service, the next resolver is asked, which may know a domain of that name.
      probe({ prober: { url: "prober.alpha:9115" } }),
      targets("web.alpha"),
      probe({ prober: { url: "prober.beta.svc.alpha.svc:9115" } }),
      targets("example.org"),
      targets("http://sample-app.beta.svc:9100/metrics", "example.org"),
      targets("http://169.254.169.254/latest/meta-data", "example.org"),
      targets("https://example.org@sample-app.beta.svc", "example.org"),
      targets("https://sample-app.beta.svc/?example.org", "example.org"),
      targets("https://sample-app.beta.svc#.example.org", "*.example.org"),
      targets("https://example.org\\@sample-app.beta.svc", "example.org"),
      targets("https://example.org", "*.example.org"),
      targets("https://myexample.org", "*.example.org,example.org"),
      probe({ targets: { ingress: { selector: {} } } }),
      probe({ params: [{ name: "target", values: ["web.alpha.svc", "http://sample-app.beta.svc"] }] }),
    ],
  },
};
