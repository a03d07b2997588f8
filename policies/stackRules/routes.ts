import { labelProxy, queryGuard } from "../programSamples";
import type { Fields, Sample } from "../rule";
import { judged, type StackResource, type StackRule, type StackSample } from "../stack";
import { listAt, nameOf, ofKind, textAt } from "./parts/objects";
import { middlewareType, routeKinds, routesOf } from "./parts/routes";
import { custom, gateway, object, program, programs, query, service } from "./parts/samples";
import { type Answering, answering, exposes, reachesOpenProgram } from "./parts/services";

const kinds = ["ingress", "ingressRoute", "ingressRouteTcp", "httpRoute", "grpcRoute", "file"] as const;

/** A Service that is seen from outside the cluster and leads to an open program. */
function exposed(resource: StackResource, stack: Answering): string[] {
  const type = textAt(resource.props, "spec", "type") ?? "ClusterIP";
  const outside =
    ["NodePort", "LoadBalancer"].includes(type) || listAt(resource.props, "spec", "externalIPs").length > 0;
  return outside && exposes(resource, undefined, stack)
    ? [
        `The Service ${nameOf(resource)} shows a program that answers anybody outside the cluster. Make it a ClusterIP without externalIPs, and route to the read gateway.`,
      ]
    : [];
}

/** Routes to open programs on which nobody asks. */
const unguarded = (
  kind: (typeof kinds)[number],
  resource: StackResource,
  middlewares: readonly StackResource[],
  stack: Answering,
) =>
  routesOf(kind, resource, middlewares)
    .filter(({ to, authenticated }) => !authenticated && reachesOpenProgram(to, stack))
    .map(
      ({ to }) =>
        `This routes to ${to.service} in ${to.namespace}, which answers anybody. Route to the read gateway, or put a middleware of this stack that authenticates on the route.`,
    );

const ingress = (name: string, port: Fields, annotations: Fields = {}): Sample =>
  object(
    "networking.k8s.io/v1/Ingress",
    "route",
    {
      spec: {
        rules: [
          {
            host: "metrics.example.org",
            http: { paths: [{ path: "/", pathType: "Prefix", backend: { service: { name, port } } }] },
          },
        ],
      },
    },
    { annotations },
  );
const ingressRoute = (services: readonly Fields[], middlewares: readonly Fields[] = []): Sample =>
  custom(routeKinds.ingressRoute, "route", {
    spec: { routes: [{ kind: "Rule", match: "Host(`m.example.org`)", services, middlewares }] },
  });
const httpRoute = (backendRefs: readonly Fields[], filters: readonly Fields[] = []): Sample =>
  custom(routeKinds.httpRoute, "route", { spec: { rules: [{ backendRefs, filters }] } });
const middleware = (name: string, spec: Fields): Sample =>
  custom("kubernetes:traefik.io/v1alpha1:Middleware", name, { spec });
const password = middleware("password", { basicAuth: { secret: "users" } });
const file = (url: string, middlewares: readonly string[]): Sample =>
  object("v1/ConfigMap", "edge", {
    data: {
      "routes.yml": `http:\n  routers:\n    r: {rule: "Host(\`m\`)", service: s, middlewares: [${middlewares.join(", ")}]}\n  middlewares:\n    rate: {rateLimit: {average: 10}}\n    password: {basicAuth: {usersFile: /etc/users}}\n    all: {chain: {middlewares: [rate, password]}}\n  services:\n    s: {loadBalancer: {servers: [{url: "${url}"}]}}\n`,
    },
  });
const guard: Fields = {
  ...queryGuard("--listen-address=0.0.0.0:8443", "--http-address=0.0.0.0:8081"),
  ports: [
    { name: "https", containerPort: 8443 },
    { name: "metrics", containerPort: 8081 },
  ],
};
const nodePort = { type: "NodePort" };
const prometheus = object("monitoring.coreos.com/v1/Prometheus", "tenants", { spec: {} });
const ofPrometheus = {
  selector: { "app.kubernetes.io/name": "prometheus", "app.kubernetes.io/instance": "tenants" },
};
const and = (...more: readonly Sample[]): StackSample => [...programs, ...more];

export const routes: StackRule = {
  id: "Q1",
  title: "Every way in passes somebody who asks who it is",
  why: "Prometheus, Thanos, Loki, Tempo and Alertmanager answer whoever reaches them: one route past the gateway shows every tenant's data to the world.",
  severity: "critical",
  references: [
    "https://prometheus.io/docs/operating/security/",
    "https://thanos.io/tip/operating/multi-tenancy.md/",
    "https://doc.traefik.io/traefik/middlewares/http/overview/",
  ],
  on: ["v1/Service", ...Object.values(routeKinds)],
  mend: "Route to the read gateway, which asks who it is, or put a middleware that authenticates on the route; keep the Service of the program of type ClusterIP.",
  check: (resources) => {
    const stack = answering(resources);
    const middlewares = ofKind(resources, middlewareType);
    return [
      ...judged(ofKind(resources, "v1/Service"), (resource) => exposed(resource, stack)),
      ...kinds.flatMap((kind) =>
        judged(ofKind(resources, routeKinds[kind]), (resource) =>
          unguarded(kind, resource, middlewares, stack),
        ),
      ),
    ];
  },
  samples: {
    good: [
      and(ingress("read-gateway", { number: 443 })),
      and(
        ingress(
          "thanos-query",
          { name: "http" },
          { "nginx.ingress.kubernetes.io/auth-url": "https://login" },
        ),
      ),
      and(
        password,
        ingress(
          "thanos-query",
          { number: 80 },
          {
            "traefik.ingress.kubernetes.io/router.middlewares": "moat-system-password@kubernetescrd",
          },
        ),
      ),
      and(password, ingressRoute([{ name: "thanos-query", port: 80 }], [{ name: "password" }])),
      and(
        password,
        middleware("all", { chain: { middlewares: [{ name: "password" }] } }),
        ingressRoute([{ name: "thanos-query", port: 80 }], [{ name: "all" }]),
      ),
      and(httpRoute([{ name: "read-gateway", port: 443 }])),
      and(
        password,
        httpRoute(
          [{ name: "thanos-query", port: 80 }],
          [
            {
              type: "ExtensionRef",
              extensionRef: { group: "traefik.io", kind: "Middleware", name: "password" },
            },
          ],
        ),
      ),
      and(file("https://read-gateway.moat-system.svc:443", ["rate"])),
      [
        program("door", guard),
        service("door", { port: 443, targetPort: "https" }),
        ingress("door", { number: 443 }),
      ],
      and(file("http://thanos-query.moat-system.svc:80", ["all"])),
      and(file("https://thanos-query.example.org", [])),
      [program("edge", { name: "traefik", image: "traefik:v3" }), service("edge", { port: 443 }, nodePort)],
      [
        program("shop", { name: "shop", image: "shop:v1" }),
        service("shop", { port: 80 }),
        ingress("shop", { number: 80 }),
      ],
      [prometheus, service("prometheus-tenants", { port: 9090, targetPort: "web" }, ofPrometheus)],
    ],
    bad: [
      and(ingress("thanos-query", { number: 80 })),
      and(ingress("thanos-query", { name: "http" }, { "nginx.ingress.kubernetes.io/limit-rps": "5" })),
      // The middleware only counts.
      and(
        middleware("rate", { rateLimit: { average: 10 } }),
        ingressRoute([{ name: "thanos-query", port: 80 }], [{ name: "rate" }]),
      ),
      // The middleware is nobody's of this stack.
      and(ingressRoute([{ name: "thanos-query", port: 80 }], [{ name: "password" }])),
      and(
        ingressRoute([
          { name: "read-gateway", port: 443 },
          { name: "thanos-query", port: 80 },
        ]),
      ),
      and(
        custom(routeKinds.ingressRouteTcp, "route", {
          spec: { routes: [{ services: [{ name: "thanos-query", port: 80 }] }] },
        }),
      ),
      and(httpRoute([{ name: "thanos-query", port: 80 }])),
      and(
        custom(routeKinds.grpcRoute, "route", {
          spec: { rules: [{ backendRefs: [{ name: "thanos-query", port: 80 }] }] },
        }),
      ),
      and(file("http://thanos-query.moat-system.svc:80", ["rate"])),
      and(file("http://thanos-query:80", [])),
      // Around the authenticator, to the port of the enforcer's metrics.
      [
        program("read-gateway", ...gateway),
        service("read-gateway", { port: 80, targetPort: "metrics" }),
        ingress("read-gateway", { number: 80 }),
      ],
      // The filter alone, whom nobody has told who it is.
      [
        program("door", { ...labelProxy(), ports: [{ name: "http", containerPort: 8080 }] }),
        service("door", { port: 80, targetPort: "http" }),
        ingress("door", { number: 80 }),
      ],
      // The query guard's metrics, where it asks nobody who it is.
      [
        program("door", guard),
        service("door", { port: 80, targetPort: "metrics" }),
        ingress("door", { number: 80 }),
      ],
      [program("thanos-query", query), service("thanos-query", { port: 80, targetPort: "http" }, nodePort)],
      [
        program("thanos-query", query),
        service("thanos-query", { port: 80, targetPort: 10902 }, { externalIPs: ["192.0.2.1"] }),
      ],
      [
        prometheus,
        service(
          "prometheus-tenants",
          { port: 9090, targetPort: "web" },
          { ...ofPrometheus, type: "LoadBalancer" },
        ),
      ],
      // The operator makes this Service.
      [prometheus, ingress("prometheus-operated", { number: 9090 })],
      and(
        object("v1/Service", "metrics", {
          spec: { type: "ExternalName", externalName: "thanos-query.moat-system.svc.cluster.local" },
        }),
        ingress("metrics", { number: 80 }),
      ),
    ],
  },
};
