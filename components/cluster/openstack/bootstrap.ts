/**
 * What a machine must know that nobody else may: keys, tokens, the cloud's credential. Pure.
 *
 * It does not go into user data, which the metadata service hands to whoever asks from the machine. Nova puts it on the config drive as
 * an injected file, which that service does not have and only root can read. As a script it needs no tool to unpack it.
 */
import { createHash } from "node:crypto";
import type { Role } from "./nodes";

/** Where the script stands on the machine; `first-boot.sh` runs and removes it. */
export const bootstrapPath = "/etc/moat/bootstrap.sh";

/** What Nova takes for one injected file, unless its quotas say otherwise. */
export const injectedFileLimit = 10_240;

interface Common {
  readonly name: string;
  /** PEM of the authority of the API server. */
  readonly serverCa: string;
  /** Token of the role. */
  readonly joinToken: string;
}

export interface AgentSecrets extends Common {
  readonly role: "agent";
}

export interface ServerSecrets extends Common {
  readonly role: "server";
  readonly serverCaKey: string;
  readonly clientCa: string;
  readonly clientCaKey: string;
  readonly agentToken: string;
  /** Id of the volume for etcd. */
  readonly dataVolume: string;
  /** Addresses outside under which the API is asked. */
  readonly apiAddresses: readonly string[];
  /** cloud.conf for the cloud's controllers. */
  readonly cloudConf: string;
}

/** The script. It writes files and does nothing else; a root other than `/` is for trying it out. */
export function bootstrapScript(secrets: AgentSecrets | ServerSecrets): string {
  const files = { ...commonFiles(secrets), ...(secrets.role === "server" && serverFiles(secrets)) };
  const writes = Object.entries(files).map(
    ([path, content]) => `write ${path} <<'${endMark}'\n${content}${endMark}\n`,
  );
  return `#!/bin/sh
set -eu
umask 077
write() { mkdir -p "$(dirname "\${MOAT_ROOT:-}$1")"; cat >"\${MOAT_ROOT:-}$1"; }
${writes.join("")}`;
}

const endMark = "END-OF-FILE";

/** How k3s names the roles in tokens. */
const tokenUsers: Readonly<Record<Role, string>> = { server: "server", agent: "node" };

function commonFiles(secrets: AgentSecrets | ServerSecrets): Record<string, string> {
  const ca = lines(secrets.serverCa);
  const environment = {
    // k3s compares it with the file that a server sends: the very bytes.
    CA_HASH: sha256(ca),
    JOIN_AS: tokenUsers[secrets.role],
    JOIN_TOKEN: secrets.joinToken,
    ...(secrets.role === "server" && { DATA_VOLUME: secrets.dataVolume }),
  };
  return {
    "/etc/moat/bootstrap.env": lines(
      Object.entries(environment)
        .map(([key, value]) => `${key}=${value}`)
        .join("\n"),
    ),
    "/etc/moat/server-ca.crt": ca,
    // Servers know a node again by its password, so a machine that takes its place has the same one.
    "/etc/rancher/node/password": lines(sha256(`${secrets.joinToken}/${secrets.name}`)),
  };
}

function serverFiles(secrets: ServerSecrets): Record<string, string> {
  return {
    "/etc/moat/tls/server-ca.crt": lines(secrets.serverCa),
    "/etc/moat/tls/server-ca.key": lines(secrets.serverCaKey),
    "/etc/moat/tls/client-ca.crt": lines(secrets.clientCa),
    "/etc/moat/tls/client-ca.key": lines(secrets.clientCaKey),
    "/etc/moat/agent-token": lines(secrets.agentToken),
    "/etc/moat/manifests/cloud-config.yaml": lines(
      JSON.stringify({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: cloudConfig.secret, namespace: "kube-system" },
        stringData: { [cloudConfig.key]: secrets.cloudConf },
      }),
    ),
    "/etc/rancher/k3s/config.yaml.d/30-api.yaml": lines(JSON.stringify({ "tls-san+": secrets.apiAddresses })),
  };
}

/** Secret with the cloud's credential, for its controllers. */
export const cloudConfig = { secret: "cloud-config", key: "cloud.conf" } as const;

const lines = (text: string): string => `${text.trimEnd()}\n`;
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
