/** From the name of a Service to the program behind it. */
import { openPrograms } from "../../programs";
import { once, type StackResource, seen } from "../../stack";
import {
  at,
  carries,
  fieldsAt,
  listAt,
  nameOf,
  namespaceOf,
  ofKind,
  type PortName,
  plain,
  portAt,
  textAt,
} from "./objects";
import { answersAnybody, believesHeaders, type Pods, podsOf } from "./pods";

/** A port of a Service, as routes name it. */
export interface Backend {
  readonly namespace: string;
  readonly service: string;
  /** Number or name; undefined when the route leaves it to the Service. */
  readonly port: PortName | undefined;
}

/** What of a stack answers requests. Made when it is first asked for, once for all routes. */
export interface Answering {
  readonly service: (backend: Backend) => StackResource | undefined;
  readonly pods: (namespace: string) => readonly Pods[];
}

export function answering(resources: readonly StackResource[]): Answering {
  const services = once(
    () =>
      new Map(
        ofKind(resources, "v1/Service").map((s) =>
          seen(s, () => [`${namespaceOf(s)}/${nameOf(s)}`, s] as const),
        ),
      ),
  );
  const pods = once(() => byNamespace(podsOf(resources)));
  return {
    service: ({ namespace, service }) => services().get(`${namespace}/${service}`),
    pods: (namespace) => pods().get(namespace) ?? [],
  };
}

function byNamespace(all: readonly Pods[]): ReadonlyMap<string, readonly Pods[]> {
  const groups = new Map<string, Pods[]>();
  for (const pods of all) groups.set(pods.namespace, [...(groups.get(pods.namespace) ?? []), pods]);
  return groups;
}

/** How Services of these programs are called when the stack makes neither the Service nor the pods. */
const openName = new RegExp(`(^|-)${openPrograms}(-|$)`);

/** How gateways are called that somebody else makes. */
const gatewayName = /(^|-)gateway(-|$)/;

/** The Service that a backend is, over names that stand for names, or only its name when the stack does not make it. */
function behind(backend: Backend, stack: Answering, hops = 4): StackResource | string {
  const service = stack.service(backend);
  if (service === undefined) return backend.service;
  return seen(service, () => {
    const elsewhere = textAt(service.props, "spec", "externalName");
    if (elsewhere === undefined) return service;
    const next = hops > 0 ? backendOf(elsewhere, backend.port, backend.namespace) : undefined;
    return next === undefined ? elsewhere : behind(next, stack, hops - 1);
  });
}

/** Whether a backend is a program that answers without a question. */
export function reachesOpenProgram(backend: Backend, stack: Answering): boolean {
  const service = behind(backend, stack);
  return typeof service === "string"
    ? openName.test(service)
    : seen(service, () => exposes(service, backend.port, stack));
}

/** Whether a backend, or the one who asks in front of it, believes headers about who a request is from. */
export function reachesBeliever(backend: Backend, stack: Answering): boolean {
  const service = behind(backend, stack);
  if (typeof service === "string") return openName.test(service) || gatewayName.test(service);
  return seen(service, () => {
    const pods = podsBehind(service, stack);
    return pods.length === 0 ? called(service) : pods.some(believesHeaders);
  });
}

/** Whether a port of a Service, or one of all its ports, leads to such a program. */
export function exposes(service: StackResource, port: PortName | undefined, stack: Answering): boolean {
  const pods = podsBehind(service, stack);
  if (pods.length === 0) return called(service);
  const ports = listAt(service.props, "spec", "ports").filter(
    (p) => port === undefined || at(p, "port") === port || at(p, "name") === port,
  );
  const targets =
    ports.length === 0 ? [undefined] : ports.map((p) => portAt(p, "targetPort") ?? portAt(p, "port"));
  return pods.some((p) => targets.some((target) => answersAnybody(p, target)));
}

function podsBehind(service: StackResource, stack: Answering): readonly Pods[] {
  const selector = plain(fieldsAt(service.props, "spec", "selector"));
  const selects = Object.keys(selector).length > 0;
  return selects ? stack.pods(namespaceOf(service)).filter((p) => carries(p.labels, selector)) : [];
}

/** Pods that somebody else makes, as a chart does: their Service tells what they are. */
const called = (service: StackResource): boolean =>
  [nameOf(service), ...Object.values(fieldsAt(service.props, "spec", "selector"))].some((word) =>
    openName.test(String(word)),
  );

/** The Service that a host name means inside the cluster. Undefined for hosts elsewhere. */
export function backendOf(host: string, port: PortName | undefined, namespace: string): Backend | undefined {
  const [service = "", place = namespace, svc = "svc"] = host.split(".");
  const name = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;
  const inside = host.split(".").length !== 2 && svc === "svc" && name.test(service);
  return inside ? { service, namespace: place, port } : undefined;
}
