/**
 * A public authority for the embedded cluster, and the world around it: Let's Encrypt's Pebble, names that pods and it resolve, and an address
 * with port 80 that leads to the edge, as a load balancer would. All of it is outside of the cluster's ranges, in the node's network.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processes } from "../../toolchain/cluster/embedded";
import { inNode } from "../../toolchain/cluster/network";
import { network } from "../../toolchain/cluster/settings";
import { program } from "../../toolchain/paths";
import { must } from "../../toolchain/shell";
import { certificate } from "../support/certificates";
import { type Server, send } from "../support/live/http";
import { kubectl } from "../support/live/kubectl";
import { until } from "../support/live/progress";
import { settings } from "../support/live/settings";

/** Addresses for documentation (RFC 5737): nobody else has them. */
const addresses = { authority: "192.0.2.14", edge: "192.0.2.80" } as const;
const authorityHost = "acme.test";
/** Pebble's second door, by which one learns its root. This machine reaches it by the node's address. */
const managementPort = 15_000;
const names = { authority: "test-authority", edge: "test-edge-address" } as const;

export interface PublicAuthority {
  /** As `moat:edge.tls` names it. */
  readonly server: string;
  /** PEM of who signed the certificate of its own door. */
  readonly serverCa: string;
  /** PEM of the root of all certificates that it gives. */
  readonly root: string;
  /** From here on its questions do not reach the edge. */
  readonly cutOff: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** `hosts` are those of the edge. What an earlier run left is replaced. */
export async function startPublicAuthority(hosts: readonly string[]): Promise<PublicAuthority> {
  const folder = mkdtempSync(join(tmpdir(), "moat-authority-"));
  const signer = certificate({ subject: "authority of the authority's door" });
  const stop = async (): Promise<void> => {
    for (const name of Object.values(names)) await processes.stop(name);
    for (const address of Object.values(addresses)) await inNetwork("addr", "del", address);
    await writeCorefile((text) => text.replace(ours, ""));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const address of Object.values(addresses)) await inNetwork("addr", "replace", address);
    await writeCorefile((text) => withNames(text.replace(ours, ""), hosts));
    await startForward();
    return {
      server: `https://${authorityHost}/dir`,
      serverCa: signer.certificate,
      root: await startPebble(folder, signer),
      cutOff: () => processes.stop(names.edge),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Quietly about an address that is gone. */
async function inNetwork(what: "addr", verb: "replace" | "del", address: string): Promise<void> {
  const args = [what, verb, `${address}/32`, "dev", "lo"];
  if (verb === "replace") await must(...inNode("ip", args));
  else await must(...inNode("sh", ["-c", `ip ${args.join(" ")} 2>/dev/null || true`]));
}

const startForward = (): Promise<boolean> => {
  const [command, args] = inNode(program("forward"), [`${addresses.edge}:80=${network.node}:${nodePort()}`]);
  return processes.start({ name: names.edge, command, args });
};

function nodePort(): number {
  const { service } = settings.edge;
  if (service.type !== "nodePort") throw new Error("the edge of the embedded cluster has no node port");
  return service.http;
}

type Signer = ReturnType<typeof certificate>;

/** Gives its root. */
async function startPebble(folder: string, signer: Signer): Promise<string> {
  const own = certificate({ subject: authorityHost, hosts: [authorityHost], signer });
  const path = (name: string, content: string): string => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  const config = path(
    "pebble.json",
    JSON.stringify({
      pebble: {
        listenAddress: `${addresses.authority}:443`,
        managementListenAddress: `${network.node}:${managementPort}`,
        certificate: path("tls.crt", own.certificate),
        privateKey: path("tls.key", own.key),
        httpPort: 80,
        tlsPort: 443,
        keyAlgorithm: "ecdsa",
        profiles: { default: { description: "as long as Let's Encrypt's", validityPeriod: 90 * 24 * 3600 } },
      },
    }),
  );
  const [command, args] = inNode("env", [
    // By itself it dawdles for up to 15 s before it asks the edge, and for every second order takes an earlier answer.
    "PEBBLE_VA_NOSLEEP=1",
    "PEBBLE_AUTHZREUSE=0",
    program("pebble"),
    "-config",
    config,
    "-strict",
    "-dnsserver",
    `${network.dns}:53`,
  ]);
  await processes.start({ name: names.authority, command, args });
  const door: Server = {
    url: `https://${authorityHost}:${managementPort}`,
    ca: signer.certificate,
    address: { host: network.node, port: managementPort },
  };
  return until("the authority's root", 20, async () => {
    processes.mustRun(names.authority);
    const { status, body } = await send(door, { path: "/roots/0" });
    return status === 200 ? body : undefined;
  });
}

/** What the test adds to CoreDNS's configuration. */
const ours = / {2}hosts \{\n(?: {4}.*\n)*? {2}\}\n/;

const withNames = (corefile: string, hosts: readonly string[]): string =>
  corefile.replace(
    "  ready\n",
    `  ready
  hosts {
    ${addresses.edge} ${hosts.join(" ")}
    ${addresses.authority} ${authorityHost}
    fallthrough
  }
`,
  );

const dns = ["-n", "kube-system"] as const;

/** CoreDNS reads its file at its start. */
async function writeCorefile(change: (text: string) => string): Promise<void> {
  const before = await kubectl(["get", "configmap", "coredns", ...dns, "-o", "jsonpath={.data.Corefile}"]);
  const Corefile = change(before);
  if (Corefile === before) return;
  const patch = JSON.stringify({ data: { Corefile } });
  await kubectl(["patch", "configmap", "coredns", ...dns, "--type=merge", "-p", patch]);
  await kubectl(["rollout", "restart", "deployment/coredns", ...dns]);
  await kubectl(["rollout", "status", "deployment/coredns", ...dns, "--timeout=90s"]);
}
