/** Below HTTP as libraries speak it: bytes on a connection, and HTTP/2. */
import { connect as connectHttp2 } from "node:http2";
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Server } from "../../support/live/http";

/** How long a server may be silent before its answer counts as whole, in ms. */
const silence = 1_500;

const isLocal = (host: string): boolean => host === "localhost" || host.endsWith(".localhost");

/** Where a server is reached. Names under `localhost` mean this machine. */
function addressOf(server: Server): { host: string; port: number; servername: string; secure: boolean } {
  const url = new URL(server.url);
  const secure = url.protocol === "https:";
  const host = server.address?.host ?? (isLocal(url.hostname) ? "127.0.0.1" : url.hostname);
  const port = server.address?.port ?? Number(url.port || (secure ? 443 : 80));
  return { host, port, servername: server.servername ?? url.hostname, secure };
}

export const hostOf = (server: Server): string => new URL(server.url).host;

function connect(server: Server): Socket {
  const { host, port, servername, secure } = addressOf(server);
  const ca = server.ca === undefined ? {} : { ca: server.ca };
  return secure ? connectTls({ host, port, servername, ...ca }) : connectPlain({ host, port });
}

/** Sends text as it stands; gives all that comes until the server closes or falls silent. */
export function sendBytes(server: Server, text: string): Promise<string> {
  return new Promise((done, failed) => {
    const chunks: Buffer[] = [];
    const socket = connect(server);
    socket.setTimeout(silence * 4);
    socket.on("connect", () => socket.write(text));
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      socket.setTimeout(silence);
    });
    socket.on("timeout", () => socket.destroy());
    // A server may cut the connection after it has said no.
    socket.on("error", (error) => (chunks.length > 0 ? socket.destroy() : failed(error)));
    socket.on("close", () => done(Buffer.concat(chunks).toString()));
  });
}

/** Statuses of all answers on a connection, in order. */
export const statusesOf = (answers: string): number[] =>
  [...answers.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, status]) => Number(status));

/** A header's values in a list repeat it. */
export type Http2Headers = Readonly<Record<string, string | readonly string[]>>;

export interface Http2Answer {
  /** 0: the stream or the connection was refused. */
  readonly status: number;
  readonly body: string;
}

/** One request by HTTP/2. */
export function sendHttp2(server: Server, headers: Http2Headers, body?: string): Promise<Http2Answer> {
  const { host, port, servername } = addressOf(server);
  const ca = server.ca === undefined ? {} : { ca: server.ca };
  const list = Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === "string" ? value : [...value],
  ]);
  return new Promise((done) => {
    const session = connectHttp2(`https://${host}:${port}`, { servername, ...ca });
    const refused = (): void => {
      session.destroy();
      done({ status: 0, body: "" });
    };
    session.on("error", refused);
    const stream = session.request({ ":authority": hostOf(server), ...Object.fromEntries(list) });
    const chunks: Buffer[] = [];
    let status = 0;
    stream.setTimeout(30_000, refused);
    stream.on("error", refused);
    stream.on("response", (answer) => {
      status = answer[":status"] ?? 0;
    });
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => {
      session.close();
      done({ status, body: Buffer.concat(chunks).toString() });
    });
    stream.end(body);
  });
}
