/** Routes in files of Traefik that stand in ConfigMaps, as the edge has them. */
import { parse } from "yaml";
import type { StackResource } from "../../stack";
import { configFiles } from "../../texts";
import { type Passage, passage } from "./middlewares";
import { fieldsAt, listAt, namespaceOf, textAt } from "./objects";
import type { Route } from "./routes";
import { backendOf } from "./services";

/** The routes to Services of the cluster. */
export const fileRoutes = (resource: StackResource): Route[] =>
  textsOf(resource)
    .map(configOf)
    .flatMap((config) => [
      ...routersOf(fieldsAt(config, "http"), "url"),
      ...routersOf(fieldsAt(config, "tcp"), "address"),
    ])
    .flatMap(({ target, ...way }) => {
      const { hostname, port } = addressOf(target);
      const to = backendOf(hostname, port, namespaceOf(resource));
      return to === undefined ? [] : [{ to, ...way }];
    });

/** Files that may be Traefik's. */
const textsOf = ({ props }: StackResource): string[] => {
  const data = fieldsAt(props, "data");
  return Object.keys(data)
    .filter((file) => new RegExp(configFiles).test(file))
    .map((file) => data[file])
    .filter((text) => typeof text === "string")
    .filter((text) => /["']?routers["']?\s*:/.test(text));
};

/** The text as YAML, or nothing: other files of other programs have a word in common with it. */
function configOf(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return {};
  }
}

interface Target extends Passage {
  readonly target: string;
}

/** Where each router of a section leads, over its service and the services of that. */
const routersOf = (section: unknown, field: "url" | "address"): Target[] =>
  Object.values(fieldsAt(section, "routers")).flatMap((router) => {
    const way = passage(listAt(router, "middlewares").flatMap((name) => specsOf(section, String(name))));
    return targetsOf(section, textAt(router, "service") ?? "", field).map((target) => ({ target, ...way }));
  });

/** The description of a middleware, and of those that it chains. */
function specsOf(section: unknown, name: string, hops = 4): unknown[] {
  const spec = fieldsAt(section, "middlewares", local(name));
  const chained = hops > 0 ? listAt(spec, "chain", "middlewares") : [];
  return [spec, ...chained.flatMap((m) => specsOf(section, String(m), hops - 1))];
}

function targetsOf(section: unknown, name: string, field: "url" | "address", hops = 4): string[] {
  if (hops === 0) return [];
  const service = fieldsAt(section, "services", local(name));
  const inner = [
    ...listAt(service, "weighted", "services").map((s) => textAt(s, "name")),
    ...listAt(service, "mirroring", "mirrors").map((s) => textAt(s, "name")),
    textAt(service, "mirroring", "service"),
    textAt(service, "failover", "service"),
    textAt(service, "failover", "fallback"),
  ].filter((n) => n !== undefined);
  const own = listAt(service, "loadBalancer", "servers").map((s) => textAt(s, field));
  return [
    ...own.filter((target) => target !== undefined),
    ...inner.flatMap((n) => targetsOf(section, n, field, hops - 1)),
  ];
}

/** Names may carry the provider that they are from. */
const local = (name: string): string => name.replace(/@file$/, "");

const usualPorts: Readonly<Record<string, number>> = { "http:": 80, "https:": 443, "h2c:": 80 };

/** Host and port of `http://host:port/path` or `host:port`. */
function addressOf(target: string): { hostname: string; port: number | undefined } {
  const text = target.includes("://") ? target : `tcp://${target}`;
  if (!URL.canParse(text)) return { hostname: "", port: undefined };
  const { protocol, hostname, port } = new URL(text);
  return { hostname, port: port === "" ? usualPorts[protocol] : Number(port) };
}
