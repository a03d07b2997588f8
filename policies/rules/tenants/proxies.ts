import { monitorKinds } from "../../kinds";
import { endpoints, podMonitor, probe, serviceMonitor } from "../../monitors";
import type { Rule } from "../../rule";
import { isOwnService, ownNamespaces } from "../../tenants";

const oauth2 = (more: object) => ({
  oauth2: {
    clientId: { secret: { name: "oauth", key: "id" } },
    clientSecret: { name: "oauth", key: "secret" },
    tokenUrl: "https://login.alpha.svc/token",
    ...more,
  },
});

export const proxies: Rule = {
  id: "T5a",
  title: "Scrapes go to the target itself",
  why: "A proxy, a redirect or a token's address chosen by the tenant makes Prometheus ask another tenant's programs, which the walls let it reach.",
  severity: "critical",
  references: [
    "https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ProxyConfig",
    "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config",
  ],
  scope: "tenants",
  on: monitorKinds,
  variables: { ...endpoints, ...ownNamespaces },
  validations: [
    {
      expression: `variables.endpoints.all(e, e.?proxyUrl.orValue("") == ""
        && e.?prober.?proxyUrl.orValue("") == "" && e.?oauth2.?proxyUrl.orValue("") == "")`,
      message: "Leave proxyUrl out.",
    },
    {
      expression: `variables.endpoints.all(e, e.?proxyFromEnvironment.orValue(false) == false
        && e.?prober.?proxyFromEnvironment.orValue(false) == false
        && e.?oauth2.?proxyFromEnvironment.orValue(false) == false)`,
      message: "Leave proxyFromEnvironment out.",
    },
    {
      // Without a proxy Prometheus refuses the whole configuration for them.
      expression: `variables.endpoints.all(e, size(e.?proxyConnectHeader.orValue({})) == 0
        && size(e.?prober.?proxyConnectHeader.orValue({})) == 0 && size(e.?oauth2.?proxyConnectHeader.orValue({})) == 0)`,
      message: "Leave proxyConnectHeader out.",
    },
    {
      // The same; in the oauth2 of a Probe the operator lets it through.
      expression: `variables.endpoints.all(e, e.?noProxy.orValue("") == ""
        && e.?prober.?noProxy.orValue("") == "" && e.?oauth2.?noProxy.orValue("") == "")`,
      message: "Leave noProxy out: there is no proxy.",
    },
    {
      // A target that answers with a redirect has Prometheus scrape any other in its place.
      expression: "variables.endpoints.all(e, e.?followRedirects.orValue(true) == false)",
      message:
        "Set followRedirects: false in each endpoint, or in the spec of a Probe: a redirect leads Prometheus to programs that are not the tenant's.",
    },
    {
      expression: `variables.endpoints.all(e, !has(e.oauth2) || ${isOwnService("e.oauth2.tokenUrl")})`,
      message: "Write a Service of the tenant, as https://name.namespace.svc/path, into oauth2.tokenUrl.",
    },
  ],
  samples: {
    good: [
      serviceMonitor({}),
      serviceMonitor({ proxyFromEnvironment: false, noProxy: "" }),
      serviceMonitor({}, { endpoints: [] }),
      serviceMonitor(oauth2({})),
      podMonitor(oauth2({ tokenUrl: "http://login.alpha.svc.cluster.local:8080" })),
      probe({}),
    ],
    bad: [
      serviceMonitor({ proxyUrl: "http://sample-app.beta.svc:9100" }),
      serviceMonitor({ proxyFromEnvironment: true }),
      serviceMonitor({ proxyConnectHeader: { "X-Scope": [{ name: "proxy", key: "scope" }] } }),
      probe({
        prober: { url: "prober.alpha.svc", proxyConnectHeader: { a: [{ name: "proxy", key: "scope" }] } },
      }),
      serviceMonitor({ noProxy: "*" }),
      probe(oauth2({ noProxy: "*" })),
      probe({ prober: { url: "prober.alpha.svc", noProxy: "10.0.0.0/8" } }),
      serviceMonitor({ followRedirects: true }),
      serviceMonitor({ followRedirects: undefined }),
      serviceMonitor(oauth2({ proxyUrl: "http://sample-app.beta.svc:9100" })),
      serviceMonitor(oauth2({ proxyFromEnvironment: true })),
      serviceMonitor(oauth2({ tokenUrl: "http://sample-app.beta.svc:9100" })),
      serviceMonitor(oauth2({ tokenUrl: "http://login.alpha.svc@sample-app.beta.svc:9100" })),
      serviceMonitor(oauth2({ tokenUrl: "http://sample-app.beta.svc/login.alpha.svc" })),
      podMonitor({ proxyUrl: "socks5://sample-app.beta.svc:9100" }),
      podMonitor({ followRedirects: undefined }),
      probe({ prober: { url: "prober.alpha.svc", proxyUrl: "http://sample-app.beta.svc:9100" } }),
      probe({ prober: { url: "prober.alpha.svc", proxyFromEnvironment: true } }),
      probe({ followRedirects: undefined }),
    ],
  },
};
