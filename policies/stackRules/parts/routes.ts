/** Every way from outside to a Service that objects of Kubernetes describe. */
import type { StackResource } from "../../stack";
import { filtered, type Passage, passage, together } from "./middlewares";
import { fieldsAt, listAt, nameOf, namespaceOf, portAt, textAt } from "./objects";
import type { Backend } from "./services";
import { fileRoutes } from "./traefikFiles";

/** One way in. */
export interface Route extends Passage {
  readonly to: Backend;
}

/** Objects that route. */
export const routeKinds = {
  ingress: "networking.k8s.io/v1/Ingress",
  ingressRoute: "kubernetes:traefik.io/v1alpha1:IngressRoute",
  ingressRouteTcp: "kubernetes:traefik.io/v1alpha1:IngressRouteTCP",
  httpRoute: "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
  grpcRoute: "kubernetes:gateway.networking.k8s.io/v1:GRPCRoute",
  file: "v1/ConfigMap",
} as const;

export const middlewareType = "kubernetes:traefik.io/v1alpha1:Middleware";

/** The routes of one resource, by its kind. `middlewares` are those that the stack makes for Traefik. */
export function routesOf(
  kind: keyof typeof routeKinds,
  resource: StackResource,
  middlewares: readonly StackResource[],
): Route[] {
  switch (kind) {
    case "ingress":
      return ingress(resource, middlewares);
    case "ingressRoute":
      return ingressRoute(resource, middlewares);
    case "ingressRouteTcp":
      return ingressRoute(resource, []);
    case "httpRoute":
    case "grpcRoute":
      return gatewayRoute(resource, middlewares);
    case "file":
      return fileRoutes(resource);
  }
}

function ingress(resource: StackResource, middlewares: readonly StackResource[]): Route[] {
  const namespace = namespaceOf(resource);
  const annotations = fieldsAt(resource.props, "metadata", "annotations");
  const names = (textAt(annotations, "traefik.ingress.kubernetes.io/router.middlewares") ?? "").split(",");
  const named = middlewares.filter((m) =>
    names.some((name) => name.trim() === `${namespaceOf(m)}-${nameOf(m)}@kubernetescrd`),
  );
  const asked =
    ["auth-url", "auth-type", "auth-tls-secret"].some(
      (name) => textAt(annotations, `nginx.ingress.kubernetes.io/${name}`) !== undefined,
    ) || textAt(annotations, "haproxy.org/auth-type") !== undefined;
  const way = together(
    { authenticated: asked, stripped: [] },
    passage(named.flatMap((m) => specsOf(m, middlewares))),
  );
  const backends = [
    fieldsAt(resource.props, "spec", "defaultBackend"),
    ...listAt(resource.props, "spec", "rules")
      .flatMap((rule) => listAt(rule, "http", "paths"))
      .map((path) => fieldsAt(path, "backend")),
  ];
  return backends.flatMap((backend) => {
    const service = textAt(backend, "service", "name");
    const port = portAt(backend, "service", "port", "number") ?? portAt(backend, "service", "port", "name");
    return service === undefined ? [] : [{ to: { namespace, service, port }, ...way }];
  });
}

function ingressRoute(resource: StackResource, middlewares: readonly StackResource[]): Route[] {
  const namespace = namespaceOf(resource);
  return listAt(resource.props, "spec", "routes").flatMap((route) => {
    const way = passage(
      listAt(route, "middlewares").flatMap((ref) => specsByName(ref, namespace, middlewares)),
    );
    return listAt(route, "services")
      .filter((service) => textAt(service, "kind") !== "TraefikService")
      .map((service) => ({ to: backend(service, namespace), ...way }));
  });
}

function gatewayRoute(resource: StackResource, middlewares: readonly StackResource[]): Route[] {
  const namespace = namespaceOf(resource);
  const way = (filters: readonly unknown[]) =>
    together(
      ...filters.map(filtered),
      passage(filters.flatMap((f) => specsByName(fieldsAt(f, "extensionRef"), namespace, middlewares))),
    );
  return listAt(resource.props, "spec", "rules").flatMap((rule) =>
    listAt(rule, "backendRefs").map((ref) => ({
      to: backend(ref, namespace),
      ...way([...listAt(rule, "filters"), ...listAt(ref, "filters")]),
    })),
  );
}

/** A reference with `name`, `port` and perhaps `namespace`. */
const backend = (ref: unknown, namespace: string): Backend => ({
  namespace: textAt(ref, "namespace") ?? namespace,
  service: textAt(ref, "name") ?? "",
  port: portAt(ref, "port"),
});

/** What the stack's middleware of that name does. One that stands elsewhere is not seen, and so does nothing. */
const specsByName = (
  ref: unknown,
  namespace: string,
  middlewares: readonly StackResource[],
  hops = 4,
): unknown[] =>
  middlewares
    .filter(
      (m) => nameOf(m) === textAt(ref, "name") && namespaceOf(m) === (textAt(ref, "namespace") ?? namespace),
    )
    .flatMap((m) => specsOf(m, middlewares, hops));

/** The description of a middleware, and of those that it chains. */
function specsOf(middleware: StackResource, middlewares: readonly StackResource[], hops = 4): unknown[] {
  const spec = fieldsAt(middleware.props, "spec");
  const chained = hops > 0 ? listAt(spec, "chain", "middlewares") : [];
  return [
    spec,
    ...chained.flatMap((ref) => specsByName(ref, namespaceOf(middleware), middlewares, hops - 1)),
  ];
}
