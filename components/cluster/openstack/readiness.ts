/**
 * Waits until a machine is a node of the cluster. OpenStack calls a machine active when it is switched on; the next one may be replaced
 * only when this one does its part.
 */
import { request } from "node:https";

/** How to ask the Kubernetes API. */
export interface ApiAccess {
  /** Address outside. */
  readonly host: string;
  readonly port: number;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

export interface Awaited {
  /** Name of the node. */
  readonly name: string;
  /** Id of its machine: a node of this name with another one is a machine that is gone. */
  readonly machine: string;
  /** The node after it. When the cluster does not know it, nothing of it can be lost, and nobody waits. */
  readonly next?: string | undefined;
}

/** Waits for the node, or fails. */
export type Readiness = (access: ApiAccess, awaited: Awaited) => Promise<void>;

const patience = 20 * 60_000;
const pause = 5_000;

export const untilReady: Readiness = async (access, awaited) => {
  const end = Date.now() + patience;
  let last = "";
  while (Date.now() < end) {
    last = await look(access, awaited);
    if (last === "") return;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  throw new Error(inWords(awaited, last));
};

/** What people read who waited in vain: what is missing, where to look, and what it usually is. */
export const inWords = ({ name, machine }: Awaited, missing: string): string =>
  `the machine ${name} (${machine}) is not a ready node after 20 minutes: ${missing}. ` +
  `Its console says how far it came: openstack console log show ${name}. Is this host in moat:cluster.adminCidrs? ` +
  "If the machine finds no host by its name, set moat:cluster.dnsServers.";

/** Nothing when the node is ready, or nobody need wait for it; else what is missing. */
async function look(access: ApiAccess, { name, machine, next }: Awaited): Promise<string> {
  try {
    const node = await ask(access, "GET", nodePath(name));
    const lease = await ask(access, "GET", leasePath(name));
    if (isAbandoned(node, lease, machine, Date.now())) {
      await ask(access, "DELETE", nodePath(name));
      return "its predecessor was still known";
    }
    if (next !== undefined && (await ask(access, "GET", nodePath(next))) === undefined) return "";
    return whyNotReady(node, machine);
  } catch (error) {
    return `the API at ${access.host}:${access.port} does not answer (${error instanceof Error ? error.message : String(error)})`;
  }
}

const nodePath = (name: string): string => `/api/v1/nodes/${name}`;
const leasePath = (name: string): string =>
  `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`;

/** A kubelet renews its lease every 10 seconds. */
const silence = 20_000;

/**
 * Whether a node is all that is left of a machine that this one replaces. Kubernetes would find out after a minute; a new machine that is
 * faster would be taken for the old one, under an id that the cloud does not know any more.
 */
export function isAbandoned(node: unknown, lease: unknown, machine: string, now: number): boolean {
  if (!isFields(node) || !isFields(node.spec)) return false;
  const [, other] = /^openstack:\/\/[^/]*\/([0-9a-f-]{36})$/.exec(String(node.spec.providerID)) ?? [];
  if (other === undefined || other === machine) return false;
  const renewed =
    isFields(lease) && isFields(lease.spec) ? Date.parse(String(lease.spec.renewTime)) : Number.NaN;
  return now - renewed > silence;
}

/** Why a node, as the API shows it, is not the machine at work. Nothing when it is. */
export function whyNotReady(node: unknown, machine: string): string {
  if (!isFields(node) || !isFields(node.spec) || !isFields(node.status))
    return "the cluster does not know it";
  if (!String(node.spec.providerID ?? "").endsWith(`/${machine}`))
    return "the cluster knows another machine by its name";
  const conditions: unknown[] = Array.isArray(node.status.conditions) ? node.status.conditions : [];
  const ready = conditions.some((c) => isFields(c) && c.type === "Ready" && c.status === "True");
  return ready ? "" : "it is not ready";
}

/** What the API answers; undefined where there is nothing. */
function ask(access: ApiAccess, method: "GET" | "DELETE", path: string): Promise<unknown> {
  const { certificate: cert, ...rest } = access;
  return new Promise((resolve, reject) => {
    const asked = request({ ...rest, cert, method, path, timeout: pause }, (answer) => {
      let body = "";
      answer.setEncoding("utf8");
      answer.on("data", (part: string) => {
        body += part;
      });
      answer.on("error", reject);
      answer.on("end", () => {
        if (answer.statusCode === 404) resolve(undefined);
        else if (answer.statusCode !== 200) reject(new Error(`it answers ${answer.statusCode}`));
        else resolve(JSON.parse(body));
      });
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer in time")));
    asked.on("error", reject);
    asked.end();
  });
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
