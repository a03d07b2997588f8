import { configMap } from "../../programSamples";
import { identityHeaders } from "../../programs";
import { quote, type Rule } from "../../rule";
import { key, textVariables } from "../../texts";

/** Grafana takes it for a user, if its proxy mode is on. */
const ofGrafana = "X-WEBAUTH-USER";

/** A route to one of the programs that believe them: in an url of YAML, JSON or TOML. */
const routed = (programs: string): string => `${key("url")}https?://[^\\s"'/]*(${programs})`;
const all = "gateway|query|thanos|prometheus|loki|tempo|mimir|alertmanager|grafana";

const empty = (header: string): string => quote(`${key(header.toLowerCase())}["'](\\s|[,}])`);

const stripped = (headers: readonly string[]) => headers.map((h) => `          ${h}: ""`).join("\n");
const routes = (url: string, headers: readonly string[]) =>
  configMap(
    "routes.yml",
    `http:\n  routers:\n    r:\n      rule: Host(\`m.example.org\`)\n      middlewares: [clean]\n      service: s\n  middlewares:\n    clean:\n      headers:\n        customRequestHeaders:\n${stripped(headers)}\n  services:\n    s:\n      loadBalancer:\n        servers:\n          - url: ${url}\n`,
  );
const gateway = "https://read-gateway.moat-system.svc:8443";
const grafana = "http://grafana:3000";

export const edgeHeaders: Rule = {
  id: "Q6",
  title: "The edge takes headers about identity and tenant from every request",
  why: "A client that sends X-Remote-User or X-Scope-OrgID itself is whoever it likes for a program that trusts what its proxy says.",
  severity: "critical",
  references: [
    "https://doc.traefik.io/traefik/middlewares/http/headers/",
    "https://grafana.com/docs/loki/latest/operations/multi-tenancy/",
    "https://thanos.io/tip/operating/multi-tenancy.md/",
  ],
  scope: "everywhere",
  on: ["v1/ConfigMap"],
  variables: {
    ...textVariables,
    routes: `variables.texts.filter(t, t.matches("routers[\\"'\\\\]]?\\\\s*:|http\\\\.routers"))
      .map(t, t.lowerAscii())`,
    toPrograms: `variables.routes.filter(t, t.matches(${quote(routed(all))}))`,
  },
  validations: [
    ...identityHeaders.map((header) => ({
      expression: `variables.toPrograms.all(t, t.matches(${empty(header)}))`,
      message: `Give the routes a middleware \`headers\` whose customRequestHeaders has ${header}: "", which takes it away.`,
    })),
    {
      expression: `variables.routes.filter(t, t.matches(${quote(routed("grafana"))})).all(t, t.matches(${empty(ofGrafana)}))`,
      message: `Give the route to Grafana a middleware \`headers\` whose customRequestHeaders has ${ofGrafana}: "", which takes it away.`,
    },
  ],
  samples: {
    good: [
      routes(gateway, identityHeaders),
      routes(grafana, [...identityHeaders, ofGrafana]),
      routes("http://shop:8080", []),
      configMap("routes.yml", "# http routers to http://thanos\n"),
    ],
    bad: [
      routes(gateway, []),
      ...identityHeaders.map((header) =>
        routes(
          gateway,
          identityHeaders.filter((h) => h !== header),
        ),
      ),
      routes(grafana, identityHeaders),
      configMap(
        "routes.json",
        `{"http": {"routers": {"r": {"service": "s"}}, "services": {"s": {"loadBalancer": {"servers": [{"url": "http://thanos-query:9090"}]}}}}}`,
      ),
      configMap(
        "routes.toml",
        `[http.routers.r]\nservice = "s"\n[[http.services.s.loadBalancer.servers]]\nurl = "http://prometheus:9090"\n`,
      ),
    ],
  },
};
