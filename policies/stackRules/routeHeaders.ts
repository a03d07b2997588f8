import { identityHeaders } from "../programs";
import type { Fields, Sample } from "../rule";
import { judged, type StackRule, type StackSample } from "../stack";
import { ofKind } from "./parts/objects";
import { middlewareType, routeKinds, routesOf } from "./parts/routes";
import { custom, object, programs } from "./parts/samples";
import { answering, reachesBeliever } from "./parts/services";

/** Kinds that say what they take from requests. */
const kinds = ["ingressRoute", "httpRoute", "file"] as const;

const strip = (headers: readonly string[]): Fields => Object.fromEntries(headers.map((h) => [h, ""]));
const clean = (headers: readonly string[], name = "clean"): Sample =>
  custom(middlewareType, name, { spec: { headers: { customRequestHeaders: strip(headers) } } });
const route = (service: string, ...middlewares: readonly string[]): Sample =>
  custom(routeKinds.ingressRoute, "route", {
    spec: {
      routes: [
        {
          match: "Host(`m.example.org`)",
          services: [{ name: service, port: 443 }],
          middlewares: middlewares.map((name) => ({ name })),
        },
      ],
    },
  });
const gatewayRoute = (remove: readonly string[]): Sample =>
  custom(routeKinds.httpRoute, "route", {
    spec: {
      rules: [
        {
          backendRefs: [{ name: "read-gateway", port: 443 }],
          filters: [{ type: "RequestHeaderModifier", requestHeaderModifier: { remove } }],
        },
      ],
    },
  });
const routers = (...middlewares: readonly string[]): Sample =>
  object("v1/ConfigMap", "edge", {
    data: {
      "routes.yml": JSON.stringify({
        http: {
          routers: { m: { service: "g", middlewares }, other: { service: "g", middlewares: ["clean"] } },
          middlewares: { clean: { headers: { customRequestHeaders: strip(identityHeaders) } } },
          services: { g: { loadBalancer: { servers: [{ url: "https://read-gateway.moat-system.svc" }] } } },
        },
      }),
    },
  });
const and = (...more: readonly Sample[]): StackSample => [...programs, ...more];

export const routeHeaders: StackRule = {
  id: "Q6s",
  title: "Each route to a gateway takes headers about identity and tenant away",
  why: "One route that passes X-Scope-OrgID or X-Remote-User on lets a client be whoever it likes for a program that trusts what its proxy says.",
  severity: "high",
  references: [
    "https://doc.traefik.io/traefik/middlewares/http/headers/",
    "https://gateway-api.sigs.k8s.io/reference/spec/#httpheaderfilter",
  ],
  on: kinds.map((kind) => routeKinds[kind]),
  mend: `Put a middleware \`headers\` on the route whose customRequestHeaders has ${identityHeaders.join(", ")} with empty values; on an HTTPRoute a RequestHeaderModifier that removes them.`,
  check: (resources) => {
    const stack = answering(resources);
    const middlewares = ofKind(resources, middlewareType);
    return kinds.flatMap((kind) =>
      judged(ofKind(resources, routeKinds[kind]), (resource) =>
        routesOf(kind, resource, middlewares).flatMap(({ to, stripped }) => {
          const left = identityHeaders.filter((header) => !stripped.includes(header.toLowerCase()));
          return left.length > 0 && reachesBeliever(to, stack)
            ? [
                `The route to ${to.service} in ${to.namespace} passes ${left.join(", ")} on. Take them away by a middleware of this stack, with empty values in headers.customRequestHeaders.`,
              ]
            : [];
        }),
      ),
    );
  },
  samples: {
    good: [
      and(clean(identityHeaders), route("read-gateway", "clean")),
      and(
        clean(identityHeaders.slice(0, 2)),
        clean(identityHeaders.slice(2), "more"),
        route("read-gateway", "clean", "more"),
      ),
      and(
        clean(identityHeaders.map((h) => h.toLowerCase())),
        custom(middlewareType, "all", { spec: { chain: { middlewares: [{ name: "clean" }] } } }),
        route("read-gateway", "all"),
      ),
      and(gatewayRoute(identityHeaders)),
      and(routers("clean")),
      and(route("shop")),
    ],
    bad: [
      and(route("read-gateway")),
      and(clean(identityHeaders.slice(1)), route("read-gateway", "clean")),
      and(route("thanos-query", "clean")),
      and(clean(identityHeaders), route("read-gateway", "another")),
      and(gatewayRoute([])),
      and(routers()),
      // The stack makes neither of them.
      [route("tenant-gateway")],
    ],
  },
};
