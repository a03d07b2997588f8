/** Below HTTP as libraries speak it: bytes on a connection, and HTTP/2. */
import { connect as connectHttp2 } from "node:http2";
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Server } from "../../support/live/http";

/** How long a server may be silent, in ms, before its answers count as all of them: fewer than were asked for, or as many. */
const silence = { fewer: 10_000, all: 1_500 } as const;

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

/** Sends text as it stands; gives all that comes until the server closes or falls silent. Fails if that stops short. */
export function sendBytes(server: Server, text: string): Promise<string> {
  return new Promise((done, failed) => {
    const chunks: Buffer[] = [];
    const socket = connect(server);
    const answers = (): string => Buffer.concat(chunks).toString("latin1");
    const asked = text.split(/ HTTP\/1\.[01]\r\n/).length - 1;
    let silent = false;
    socket.setTimeout(silence.fewer);
    socket.on("connect", () => socket.write(text));
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      const all = statusesOf(answers()).length >= asked && !stopsShort(answers(), true);
      socket.setTimeout(all ? silence.all : silence.fewer);
    });
    socket.on("timeout", () => {
      silent = true;
      socket.destroy();
    });
    // A server may cut the connection after it has said no.
    socket.on("error", (error) => (chunks.length > 0 ? socket.destroy() : failed(error)));
    socket.on("close", () => {
      if (stopsShort(answers(), silent)) failed(new Error(`socket hang up after "${answers()}"`));
      else done(answers());
    });
  });
}

/** Whether answers end in the middle of one or, unless the server was only silent, after one that was not said to be the last. */
export function stopsShort(answers: string, silent: boolean): boolean {
  const [, head] = /^(HTTP\/1\.[01] .*?\r\n)\r\n/s.exec(answers) ?? [];
  if (head === undefined) return true;
  const body = answers.slice(head.length + 2);
  const length = bodyLength(head, body);
  if (length === undefined || length > body.length) return true;
  if (length < body.length) return stopsShort(body.slice(length), silent);
  return !silent && !/^(HTTP\/1\.0|connection: close)/im.test(head);
}

/** Undefined: the body has no end. */
function bodyLength(head: string, body: string): number | undefined {
  const [, length] = /^content-length: *(\d+)/im.exec(head) ?? [];
  if (length !== undefined) return Number(length);
  if (!/^transfer-encoding: *chunked/im.test(head)) return body.length;
  const end = /(^|\r\n)0\r\n\r\n/.exec(body);
  return end === null ? undefined : end.index + end[0].length;
}

/** Statuses of all answers on a connection, in order. An answer's body need not end its line. */
export const statusesOf = (answers: string): number[] =>
  [...answers.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status));

/** A header's values in a list repeat it. */
export type Http2Headers = Readonly<Record<string, string | readonly string[]>>;

export interface Http2Answer {
  /** 0: the stream was refused. */
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
  return new Promise((done, failed) => {
    const session = connectHttp2(`https://${host}:${port}`, { servername, ...ca });
    const ended = (error: Error): void => {
      session.destroy();
      const reset = "code" in error && error.code === "ERR_HTTP2_STREAM_ERROR";
      if (reset) done({ status: 0, body: "" });
      else failed(error);
    };
    session.on("error", ended);
    const stream = session.request({ ":authority": hostOf(server), ...Object.fromEntries(list) });
    const chunks: Buffer[] = [];
    let status: number | undefined;
    stream.setTimeout(30_000, () => ended(new Error(`${server.url} did not answer within 30 s`)));
    stream.on("error", ended);
    stream.on("response", (answer) => {
      status = answer[":status"];
    });
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => {
      session.close();
      if (status === undefined) failed(new Error("socket hang up before an answer"));
      else done({ status, body: Buffer.concat(chunks).toString() });
    });
    stream.end(body);
  });
}
