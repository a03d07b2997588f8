/** How to ask the API server that a kubeconfig names: address and credentials of one context, as kubectl would find them. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

/** What a request needs. */
export interface ApiAccess {
  /** `https://192.0.2.10:6443`, with a path where the API is behind one. */
  readonly server: string;
  /** Name of the context. */
  readonly context: string;
  readonly ca?: string | undefined;
  /** Name in the server's certificate, where it is not that of the address. */
  readonly serverName?: string | undefined;
  /** False where the kubeconfig says not to verify. */
  readonly verify: boolean;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  /** Value of the header `authorization`. */
  readonly authorization?: string | undefined;
}

/** A kubeconfig by which nobody can be asked, in words. */
export class NoAccess extends Error {
  constructor(
    readonly reason: string,
    readonly mend: string,
  ) {
    super(reason);
  }
}

const text = z.string().optional();
const exec = z.object({
  apiVersion: z.string(),
  command: z.string(),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  provideClusterInfo: z.boolean().nullish(),
});
const user = z.object({
  "client-certificate": text,
  "client-certificate-data": text,
  "client-key": text,
  "client-key-data": text,
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  exec: exec.nullish(),
});
const cluster = z.object({
  server: z.string(),
  "certificate-authority": text,
  "certificate-authority-data": text,
  "insecure-skip-tls-verify": z.boolean().optional(),
  "tls-server-name": text,
  "proxy-url": text,
});
const kubeconfig = z.object({
  "current-context": text,
  clusters: z.array(z.object({ name: z.string(), cluster })),
  users: z.array(z.object({ name: z.string(), user: user.nullish() })).nullish(),
  contexts: z.array(
    z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string().optional() }) }),
  ),
});

type User = z.output<typeof user>;
type Exec = z.output<typeof exec>;

const broken = "compare it with a file that works: kubectl --kubeconfig=<file> config view";

/** Of the chosen context, or the current one. Throws `NoAccess`. */
export function accessOf(path: string, context: string | undefined): ApiAccess {
  const parsed = kubeconfig.safeParse(parse(readFileSync(path, "utf8")));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new NoAccess(`${path} is no whole kubeconfig: ${issue?.path.join(".")} ${issue?.message}`, broken);
  }
  const { contexts, clusters, users } = parsed.data;
  const name = context ?? parsed.data["current-context"] ?? "";
  const chosen = contexts.find((c) => c.name === name)?.context;
  const found = clusters.find((c) => c.name === chosen?.cluster)?.cluster;
  if (chosen === undefined || found === undefined)
    throw new NoAccess(`context "${name}" of ${path} names a cluster that is not in it`, broken);
  if (found["proxy-url"] !== undefined)
    throw new NoAccess(
      `context "${name}" goes through a proxy (proxy-url), by which the cluster is not checked`,
      "set moat:cluster.checks to false, and look yourself: docs/existing-clusters.md",
    );
  const file = (inline: string | undefined, named: string | undefined): string | undefined =>
    inline !== undefined
      ? Buffer.from(inline, "base64").toString()
      : named === undefined
        ? undefined
        : readFileSync(resolve(dirname(path), named), "utf8");
  const who = users?.find((u) => u.name === chosen.user)?.user ?? {};
  return {
    server: found.server.replace(/\/$/, ""),
    context: name,
    ca: file(found["certificate-authority-data"], found["certificate-authority"]),
    serverName: found["tls-server-name"],
    verify: found["insecure-skip-tls-verify"] !== true,
    ...credentialsOf(who, path, file),
  };
}

type Credentials = Pick<ApiAccess, "certificate" | "key" | "authorization">;

function credentialsOf(
  who: User,
  path: string,
  file: (inline: string | undefined, named: string | undefined) => string | undefined,
): Credentials {
  if (who.exec) return fromHelper(who.exec, path);
  const token = who.tokenFile === undefined ? who.token : file(undefined, who.tokenFile)?.trim();
  const basic = Buffer.from(`${who.username}:${who.password}`).toString("base64");
  return {
    certificate: file(who["client-certificate-data"], who["client-certificate"]),
    key: file(who["client-key-data"], who["client-key"]),
    authorization:
      token !== undefined ? `Bearer ${token}` : who.username !== undefined ? `Basic ${basic}` : undefined,
  };
}

const credential = z.object({
  status: z.object({ token: text, clientCertificateData: text, clientKeyData: text }),
});

/** Longest run of a helper; it may have to ask the cloud. */
const patience = 30_000;

/** Asks a program for credentials, as `aws eks get-token`. */
function fromHelper({ command, args, env, apiVersion }: Exec, path: string): Credentials {
  const program = command.includes("/") ? resolve(dirname(path), command) : command;
  const given = Object.fromEntries((env ?? []).map(({ name, value }) => [name, value]));
  const info = { apiVersion, kind: "ExecCredential", spec: { interactive: false } };
  const { stdout, stderr, status, error } = spawnSync(program, args ?? [], {
    env: { ...process.env, ...given, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    encoding: "utf8",
    timeout: patience,
  });
  const fails = (why: string) =>
    new NoAccess(
      `the program ${command}, which the kubeconfig asks for credentials, ${why}`,
      `run it yourself: ${[command, ...(args ?? [])].join(" ")}`,
    );
  if (error !== undefined) throw fails(`cannot be run: ${error.message}`);
  if (status !== 0) throw fails(`failed: ${stderr.trim().split("\n").at(-1) ?? status}`);
  const said = credential.safeParse(tryParse(stdout));
  if (!said.success) throw fails("did not answer with credentials");
  const { token, clientCertificateData, clientKeyData } = said.data.status;
  return {
    certificate: clientCertificateData,
    key: clientKeyData,
    authorization: token === undefined ? undefined : `Bearer ${token}`,
  };
}

/** Its words may hold credentials, so no part of them is passed on. */
function tryParse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
