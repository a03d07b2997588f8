/** HTTP as an attacker would speak it: any method, path and body, headers repeated and in any case. */
import { request as plain } from "node:http";
import { Agent, request } from "node:https";
import type { LookupFunction } from "node:net";
import { uncompress } from "snappyjs";

export interface Ask {
  readonly method?: string;
  /** Path with query, sent as it is. */
  readonly path: string;
  /** Names and values in order; a name may come several times. */
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As text, unpacked where it came in snappy, as remote read does. */
  readonly body: string;
}

export interface Server {
  readonly url: string;
  /** PEM of the authority that must have signed the server's certificate. */
  readonly ca?: string;
  /** Name to verify instead of the url's, for a server that is reached by another way. */
  readonly servername?: string;
  /** Where to connect instead of to the url's host and port. */
  readonly address?: { readonly host: string; readonly port: number };
  readonly agent?: Agent;
  /** Certificate and key to show, PEM. */
  readonly identity?: { readonly certificate: string; readonly key: string };
}

/** Names under `localhost` mean this machine, whether or not its resolver knows (RFC 6761). */
const lookup: LookupFunction = (_host, options, done) => {
  const address = { address: "127.0.0.1", family: 4 };
  if (options.all) done(null, [address]);
  else done(null, address.address, address.family);
};

const isLocal = (host: string): boolean => host === "localhost" || host.endsWith(".localhost");

export const keepAlive = (connections: number): Agent =>
  new Agent({ keepAlive: true, maxSockets: connections });

export function send(server: Server, ask: Ask): Promise<Answer> {
  const url = new URL(server.url);
  const secure = url.protocol === "https:";
  const headers = [["Host", url.host], ...(ask.headers ?? [])].flat();
  if (ask.body !== undefined && !headers.some((h) => /^(content-length|transfer-encoding)$/i.test(h))) {
    headers.push("Content-Length", String(Buffer.byteLength(ask.body)));
  }
  const options = {
    host: server.address?.host ?? url.hostname,
    port: server.address?.port ?? (url.port || (secure ? 443 : 80)),
    method: ask.method ?? "GET",
    path: ask.path,
    headers,
    setHost: false,
    timeout: 60_000,
    ...(server.address === undefined && isLocal(url.hostname) ? { lookup } : {}),
  };
  const tls = {
    ...(server.ca === undefined ? {} : { ca: server.ca }),
    servername: server.servername ?? url.hostname,
    ...(server.agent === undefined ? {} : { agent: server.agent }),
    ...(server.identity && { cert: server.identity.certificate, key: server.identity.key }),
  };
  return new Promise((done, failed) => {
    const outgoing = secure ? request({ ...options, ...tls }) : plain(options);
    outgoing.on("timeout", () => outgoing.destroy(new Error(`${server.url} did not answer within 60 s`)));
    outgoing.on("error", failed);
    outgoing.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", failed);
      response.on("end", () =>
        done({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: unpacked(Buffer.concat(chunks), response.headers["content-encoding"]).toString(),
        }),
      );
    });
    outgoing.end(ask.body);
  });
}

const unpacked = (body: Buffer, encoding: string | undefined): Buffer =>
  encoding === "snappy" ? uncompress(body) : body;
