/** What the toolchain needs to know of the dev stack's configuration: the ports of the edge. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "./paths";

/** A port on this machine's loopback and the node's port behind it. */
export interface EdgePort {
  readonly local: number;
  readonly node: number;
}

export const devStack = "dev";

const defaults = { httpPort: 8080, httpsPort: 8443, http: 30080, https: 30443 } as const;

/** Reads `moat:edge` of a stack's file; what is not there has the schema's defaults. */
export function edgePortsOf(yaml: string): EdgePort[] {
  const edge = at(parse(yaml), "config", "moat:edge");
  const service = at(edge, "service");
  const number = (of: unknown, key: keyof typeof defaults): number => {
    const value = at(of, key);
    return typeof value === "number" ? value : defaults[key];
  };
  return [
    { local: number(edge, "httpPort"), node: number(service, "http") },
    { local: number(edge, "httpsPort"), node: number(service, "https") },
  ];
}

export const edgePorts = (): EdgePort[] =>
  edgePortsOf(readFileSync(join(root, `Pulumi.${devStack}.yaml`), "utf8"));

/** Parts of an environment that are made by the OpenStack provider, by their kind in the stack's file. */
const onOpenStack: readonly unknown[] = ["openstack", "magnum", "swift", "designate"];

/** Whether an environment with this file makes anything in OpenStack, so that its provider must be there. */
export function usesOpenStack(yaml: string): boolean {
  const names = (value: unknown): boolean =>
    typeof value === "object" &&
    value !== null &&
    Object.entries(value).some(
      ([key, part]) => (["kind", "type"].includes(key) && onOpenStack.includes(part)) || names(part),
    );
  return names(at(parse(yaml), "config"));
}

function at(value: unknown, ...path: string[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== "object" || current === null) return undefined;
    current = Object.entries(current).find(([name]) => name === key)?.[1];
  }
  return current;
}
