/** Every way from outside to a Service that objects of Kubernetes describe. */
import type { StackResource } from "../../stack";
import { fieldsAt, listAt, nameOf, namespaceOf, portAt, textAt } from "./objects";
import type { Backend } from "./services";
import { fileRoutes } from "./traefikFiles";

/** One way in. */
export interface Route {
  readonly to: Backend;
  /** Whether somebody asks for a password or a token on the way. */
  readonly authenticated: boolean;
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

/** Middlewares that ask who it is. */
const asking = ["basicAuth", "digestAuth", "forwardAuth"];

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
  const names = textAt(annotations, "traefik.ingress.kubernetes.io/router.middlewares") ?? "";
  const asked =
    ["auth-url", "auth-type", "auth-tls-secret"].some(
      (name) => textAt(annotations, `nginx.ingress.kubernetes.io/${name}`) !== undefined,
    ) ||
    textAt(annotations, "haproxy.org/auth-type") !== undefined ||
    middlewares.some(
      (m) =>
        names.split(",").some((name) => name.trim() === `${namespaceOf(m)}-${nameOf(m)}@kubernetescrd`) &&
        asks(m, middlewares),
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
    return service === undefined ? [] : [{ to: { namespace, service, port }, authenticated: asked }];
  });
}

function ingressRoute(resource: StackResource, middlewares: readonly StackResource[]): Route[] {
  const namespace = namespaceOf(resource);
  return listAt(resource.props, "spec", "routes").flatMap((route) => {
    const authenticated = listAt(route, "middlewares").some((ref) => asksByName(ref, namespace, middlewares));
    return listAt(route, "services")
      .filter((service) => textAt(service, "kind") !== "TraefikService")
      .map((service) => ({ to: backend(service, namespace), authenticated }));
  });
}

function gatewayRoute(resource: StackResource, middlewares: readonly StackResource[]): Route[] {
  const namespace = namespaceOf(resource);
  const asked = (filter: unknown): boolean =>
    textAt(filter, "type") === "ExternalAuth" ||
    asksByName(fieldsAt(filter, "extensionRef"), namespace, middlewares);
  return listAt(resource.props, "spec", "rules").flatMap((rule) =>
    listAt(rule, "backendRefs").map((ref) => ({
      to: backend(ref, namespace),
      authenticated: [...listAt(rule, "filters"), ...listAt(ref, "filters")].some(asked),
    })),
  );
}

/** A reference with `name`, `port` and perhaps `namespace`. */
const backend = (ref: unknown, namespace: string): Backend => ({
  namespace: textAt(ref, "namespace") ?? namespace,
  service: textAt(ref, "name") ?? "",
  port: portAt(ref, "port"),
});

/** Whether the stack has a middleware of that name and it asks. One that stands elsewhere is not seen, and so counts for nothing. */
const asksByName = (
  ref: unknown,
  namespace: string,
  middlewares: readonly StackResource[],
  hops = 4,
): boolean =>
  middlewares.some(
    (m) =>
      nameOf(m) === textAt(ref, "name") &&
      namespaceOf(m) === (textAt(ref, "namespace") ?? namespace) &&
      asks(m, middlewares, hops),
  );

const asks = (middleware: StackResource, middlewares: readonly StackResource[], hops = 4): boolean => {
  const spec = fieldsAt(middleware.props, "spec");
  return (
    asking.some((name) => name in spec) ||
    (hops > 0 &&
      listAt(spec, "chain", "middlewares").some((ref) =>
        asksByName(ref, namespaceOf(middleware), middlewares, hops - 1),
      ))
  );
};
