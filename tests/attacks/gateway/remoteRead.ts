/** A remote-read request as Prometheus writes them: protocol buffers in snappy's block format. */
import { compress } from "snappyjs";
import type { Ask } from "../../support/live/http";

/** Asks for every series of a metric in the last five minutes. */
export function remoteRead(metric: string): Ask {
  const now = Date.now();
  const matcher = Buffer.concat([text(2, "__name__"), text(3, metric)]);
  const query = Buffer.concat([number(1, now - 300_000), number(2, now), bytes(3, matcher)]);
  return {
    method: "POST",
    path: "/api/v1/read",
    headers: [
      ["Content-Type", "application/x-protobuf"],
      ["Content-Encoding", "snappy"],
      ["X-Prometheus-Remote-Read-Version", "0.1.0"],
    ],
    body: compress(bytes(1, query)),
  };
}

function varint(value: number): Buffer {
  const parts: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) parts.push((rest % 128) + 128);
  return Buffer.from([...parts, rest]);
}

const number = (field: number, value: number): Buffer => Buffer.concat([varint(field * 8), varint(value)]);
const bytes = (field: number, value: Buffer): Buffer =>
  Buffer.concat([varint(field * 8 + 2), varint(value.length), value]);
const text = (field: number, value: string): Buffer => bytes(field, Buffer.from(value));
