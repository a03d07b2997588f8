/**
 * What a machine must know that nobody else may: keys, tokens, the cloud's credential. Pure.
 *
 * OpenStack gives a machine no identity by which it could fetch them, so they are part of its user data. The metadata service hands that to
 * whoever reaches it: the wall (metadata-wall.nft) leaves it to root alone, which has these files anyhow.
 */
import { createHash } from "node:crypto";
import type { Role } from "./nodes";

/** Content of files by their paths, each for root alone. */
export type Files = Readonly<Record<string, string>>;

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
  /** PEM of the private CA that `cloudConf` names. */
  readonly cloudCa?: string | undefined;
}

/** The files with a machine's secrets, where `first-boot.sh` and k3s look for them. */
export const secretFiles = (secrets: AgentSecrets | ServerSecrets): Files => ({
  ...commonFiles(secrets),
  ...(secrets.role === "server" && serverFiles(secrets)),
});

/** How k3s names the roles in tokens. */
const tokenUsers: Readonly<Record<Role, string>> = { server: "server", agent: "node" };

function commonFiles(secrets: AgentSecrets | ServerSecrets): Files {
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

function serverFiles(secrets: ServerSecrets): Files {
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
        stringData: {
          [cloudConfig.key]: secrets.cloudConf,
          ...(secrets.cloudCa !== undefined && { [cloudConfig.caKey]: secrets.cloudCa }),
        },
      }),
    ),
    "/etc/rancher/k3s/config.yaml.d/30-api.yaml": lines(JSON.stringify({ "tls-san+": secrets.apiAddresses })),
  };
}

/** Secret with the cloud's credential and private CA, and the folder where the cloud's controllers have it. */
export const cloudConfig = {
  secret: "cloud-config",
  key: "cloud.conf",
  caKey: "ca.crt",
  folder: "/etc/config",
} as const;

const lines = (text: string): string => `${text.trimEnd()}\n`;
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
