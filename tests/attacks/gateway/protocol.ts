/** Tricks with the protocol: two requests in one, odd targets, HTTP/2. */
import { namespaceHeader } from "../../../components/names";
import type { Outcome } from "../attack";
import type { Attempt } from "./attempt";
import { at, type Door, type Stage } from "./stage";
import { attacker, byTraces, foreignTrace, victim } from "./traces";
import type { WeaknessName } from "./weaknesses";
import { type Http2Headers, hostOf, sendBytes, sendHttp2, statusesOf } from "./wire";

const path = "/api/v1/query?query=sample_orders_total";

interface Lines {
  readonly host: string;
  /** Authorization and namespace of the attacker. */
  readonly own: string;
}

type Text = (lines: Lines) => string;

const lines = (...all: readonly string[]): string => `${all.join("\r\n")}\r\n\r\n`;

/** A request for the victim's series with nothing to show for itself. */
const bare = ({ host }: Lines): string =>
  lines(`GET ${path} HTTP/1.1`, `Host: ${host}`, `${namespaceHeader}: ${victim}`, "Connection: close");

const form = "Content-Type: application/x-www-form-urlencoded";

const raw: Readonly<Record<string, readonly [WeaknessName, Text]>> = {
  "a second request after its own, without a token": [
    "authentication",
    (l) => lines(`GET ${path} HTTP/1.1`, `Host: ${l.host}`, l.own) + bare(l),
  ],
  "a second request inside the body of its own (CL.TE)": [
    "authentication",
    (l) => {
      const inner = `0\r\n\r\n${bare(l)}`;
      const head = [
        `POST ${path} HTTP/1.1`,
        `Host: ${l.host}`,
        l.own,
        form,
        `Content-Length: ${inner.length}`,
      ];
      return lines(...head, "Transfer-Encoding: chunked") + inner;
    },
  ],
  "a second request after a body that is declared empty": [
    "authentication",
    (l) => lines(`POST ${path} HTTP/1.1`, `Host: ${l.host}`, l.own, form, "Content-Length: 0") + bare(l),
  ],
  "HTTP/1.0, without a token": [
    "authentication",
    (l) => lines(`GET ${path} HTTP/1.0`, `Host: ${l.host}`, `${namespaceHeader}: ${victim}`),
  ],
  "a change to HTTP/2 in the clear, without a token": [
    "authentication",
    (l) =>
      lines(
        `GET ${path} HTTP/1.1`,
        `Host: ${l.host}`,
        `${namespaceHeader}: ${victim}`,
        "Connection: Upgrade, HTTP2-Settings",
        "Upgrade: h2c",
        "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
      ),
  ],
  "a change to a web socket, without a token": [
    "authentication",
    (l) =>
      lines(
        `GET ${path} HTTP/1.1`,
        `Host: ${l.host}`,
        `${namespaceHeader}: ${victim}`,
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      ),
  ],
  "the namespace header twice, in another case": [
    "authorisation",
    (l) =>
      lines(
        `GET ${path} HTTP/1.1`,
        `Host: ${l.host}`,
        l.own,
        `${namespaceHeader.toUpperCase()}: ${victim}`,
        "Connection: close",
      ),
  ],
  "the namespace header twice, padded with tabs": [
    "authorisation",
    (l) =>
      lines(
        `GET ${path} HTTP/1.1`,
        `Host: ${l.host}`,
        l.own,
        `${namespaceHeader}:\t${victim}\t`,
        "Connection: close",
      ),
  ],
  "a whole url as target": [
    "enforcement",
    (l) =>
      lines(`GET http://thanos-query:10902${path} HTTP/1.1`, `Host: ${l.host}`, l.own, "Connection: close"),
  ],
  "chunks of one byte with extensions": [
    "enforcement",
    (l) => {
      const body = `query=${encodeURIComponent(`sample_orders_total{namespace="${victim}"}`)}&namespace=${victim}`;
      const chunks = [...body].map((c) => `1;x=${victim}\r\n${c}\r\n`).join("");
      const head = [`POST /api/v1/query HTTP/1.1`, `Host: ${l.host}`, l.own, form, "Connection: close"];
      return `${lines(...head, "Transfer-Encoding: chunked")}${chunks}0\r\n\r\n`;
    },
  ],
};

const overBytes =
  (text: Text) =>
  async (door: Door, stage: Stage): Promise<Outcome> => {
    const token = stage.tokens[attacker];
    const own = `Authorization: Bearer ${token}\r\n${namespaceHeader}: ${attacker}`;
    const answers = await at(door, (server) => sendBytes(server, text({ host: hostOf(server), own })));
    const trace = foreignTrace(answers);
    const seen = statusesOf(answers).join(", ");
    return trace === undefined ? { leaked: false, seen } : { leaked: true, seen: `${seen} with ${trace}` };
  };

const name = namespaceHeader.toLowerCase();

type Make = (authorization: string) => { readonly headers: Http2Headers; readonly body?: string };

const http2: Readonly<Record<string, readonly [WeaknessName, Make]>> = {
  "another tenant's namespace": [
    "authorisation",
    (authorization) => ({ headers: { ":path": path, authorization, [name]: victim } }),
  ],
  "its own namespace and another's": [
    "authorisation",
    (authorization) => ({ headers: { ":path": path, authorization, [name]: [attacker, victim] } }),
  ],
  "a greedy query": [
    "enforcement",
    (authorization) => ({
      headers: { ":path": `${path}%7Bnamespace%3D~%22.%2B%22%7D`, authorization, [name]: attacker },
    }),
  ],
  "a namespace in the body": [
    "oneSource",
    (authorization) => ({
      headers: {
        ":method": "POST",
        ":path": `/api/v1/query?namespace=${attacker}`,
        authorization,
        [name]: attacker,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: `query=sample_orders_total&namespace=${victim}`,
    }),
  ],
  "a closed path": [
    "paths",
    (authorization) => ({ headers: { ":path": "/api/v1/targets", authorization, [name]: attacker } }),
  ],
};

const overHttp2 =
  (make: Make) =>
  async (door: Door, stage: Stage): Promise<Outcome> => {
    const { headers, body } = make(`Bearer ${stage.tokens[attacker]}`);
    const answer = await at(door, (server) => sendHttp2(server, headers, body));
    return byTraces({ ...answer, headers: {} });
  };

export const protocol: readonly Attempt[] = [
  ...Object.entries(raw).map(
    ([what, [without, text]]): Attempt => ({
      name: what,
      rule: without === "enforcement" ? "Q5" : "Q1",
      expected: "4xx, or own series only",
      without,
      at: overBytes(text),
    }),
  ),
  ...Object.entries(http2).map(
    ([what, [without, make]]): Attempt => ({
      name: `HTTP/2: ${what}`,
      rule: without === "oneSource" ? "Q5" : "Q1",
      expected: "4xx, or own series only",
      without,
      at: overHttp2(make),
    }),
  ),
];
