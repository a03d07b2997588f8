/** The route to Grafana, where there is one: pure. Grafana asks who it is itself, so cookies pass, and whatever else says who one is goes. */
import { namespaceHeader, ports } from "../names";

/** Where Grafana is: the name below which people reach it, and its Service. */
export interface GrafanaPlace {
  readonly host: string;
  readonly serviceHost: string;
}

/** What a page needs; `grafana-login` is asked before `grafana`. */
const passed = (rate: string) => ["grafana-answers", rate, "tenant-load", "compressed", "grafana-headers"];

export const grafanaRouters = ({ host }: GrafanaPlace) => ({
  "grafana-login": {
    rule: `Host(\`${host}\`) && PathPrefix(\`/login\`)`,
    priority: 2000,
    entryPoints: ["websecure"],
    middlewares: passed("login-rate"),
    service: "grafana",
  },
  // Its metrics stand on the same port and are for Prometheus alone.
  grafana: {
    rule: `Host(\`${host}\`) && !PathPrefix(\`/metrics\`)`,
    priority: 1000,
    entryPoints: ["websecure"],
    middlewares: passed("tenant-rate"),
    service: "grafana",
  },
});

/** Headers by which Grafana, or what is behind it, would believe a client about who it is. */
const identityHeaders = [
  "X-WEBAUTH-USER",
  "X-JWT-Assertion",
  "X-Remote-User",
  "X-Remote-Groups",
  "X-Remote-Extra",
  "X-Scope-OrgID",
  "Thanos-Tenant",
  namespaceHeader,
  // Grafana takes no password but from its page.
  "Authorization",
];

const strip = (headers: readonly string[]) => Object.fromEntries(headers.map((h) => [h, ""]));

export const grafanaMiddlewares = {
  // Per client address: people behind one address log in together in the morning; who guesses needs years.
  "login-rate": { rateLimit: { average: 2, burst: 40 } },
  "grafana-headers": { headers: { customRequestHeaders: strip(identityHeaders) } },
  // It brings a policy of its own for what its pages may load.
  "grafana-answers": {
    headers: {
      stsSeconds: 31_536_000,
      contentTypeNosniff: true,
      frameDeny: true,
      // Stricter ones take the origin away by which Grafana tells its own pages from others.
      referrerPolicy: "same-origin",
      permissionsPolicy: "camera=(), geolocation=(), microphone=()",
      customResponseHeaders: strip(["Access-Control-Allow-Origin", "Server", "X-Powered-By"]),
    },
  },
} as const;

export const grafanaServices = ({ serviceHost }: GrafanaPlace) => ({
  grafana: {
    loadBalancer: {
      servers: [{ url: `https://${serviceHost}:${ports.grafana}` }],
      serversTransport: "grafana",
    },
  },
});
