/** What attacks are judged by. */
import { foreignTrace } from "../attacks/gateway/traces";
import { statusesOf, stopsShort } from "../attacks/gateway/wire";
import { difference } from "../attacks/properties/answers";
import { verdictOf } from "../attacks/runner";

const leaked = { leaked: true, seen: "" };
const held = { leaked: false, seen: "" };
const failed = { ...held, failed: true as const };

test.each([
  ["held", held, leaked],
  ["no teeth", held, held],
  ["LEAK", leaked, leaked],
  ["LEAK", leaked, held],
  ["no teeth", failed, leaked],
  ["no teeth", held, failed],
] as const)("%s", (verdict, played, bitten) => {
  expect(verdictOf(played, bitten)).toBe(verdict);
});

const vector = (...series: readonly (readonly [shop: string, value: string])[]): string =>
  JSON.stringify({
    status: "success",
    data: {
      resultType: "vector",
      result: series.map(([shop, value]) => ({ metric: { shop }, value: [1, value] })),
    },
  });

test.each([
  ["another tenant's label", vector(["alpha", "1"], ["beta", "1"]), 'shop="beta"'],
  ["another tenant's value of a label", '{"status":"success","data":["alpha","beta"]}', 'data="beta"'],
  ["its rules", '{"data":{"groups":[{"rules":[{"name":"BetaCanary"}]}]}}', 'name="BetaCanary"'],
  ["an exposition", 'up{namespace="moat-system"} 1', 'namespace="moat-system"'],
] as const)("%s is a trace", (_what, body, trace) => {
  expect(foreignTrace(body)).toContain(trace.split("=")[1]);
});

test.each([
  ["its own series", vector(["alpha", "1"])],
  ["a question that is quoted", '{"status":"error","error":"beta"}'],
  ["its own rule that asks for others", '{"data":{"groups":[{"rules":[{"query":"beta"}]}]}}'],
])("%s is none", (_what, body) => {
  expect(foreignTrace(body)).toBeUndefined();
});

test("answers differ by series, by values, by nothing else", () => {
  expect(difference(vector(["a", "1"], ["b", "2"]), vector(["b", "2"], ["a", "1"]))).toBeUndefined();
  expect(difference(vector(["a", "0.1"]), vector(["a", "0.10000000000000001"]))).toBeUndefined();
  expect(difference(vector(["a", "1"], ["b", "2"]), vector(["a", "1"]))).toMatch("too many");
  expect(difference(vector(["a", "1"]), vector(["a", "2"]))).toMatch("not due");
  expect(difference(vector(), vector(["a", "1"]))).toMatch("missing");
});

const ok = "HTTP/1.1 200 OK\r\n";
const counted = `${ok}Content-Length: 2\r\n\r\n{}`;
const chunked = `${ok}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`;
const last = "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

test.each([
  ["nothing", "", true, true],
  ["half a head", ok, true, true],
  ["half a body", counted.slice(0, -1), true, true],
  ["chunks without the last", chunked.slice(0, -5), true, true],
  ["an answer, then the connection's end", counted, true, false],
  ["an answer in chunks, then half a head", chunked + ok, true, true],
  ["an answer that is the last", counted + last, false, false],
  ["an answer in chunks before the last", chunked + last, false, false],
  ["an answer of HTTP/1.0", counted.replace("1.1", "1.0"), false, false],
  ["a change of protocol", "HTTP/1.1 101 Switching Protocols\r\nConnection: close\r\n\r\n", false, false],
] as const)("whether answers stop short: %s", (_what, answers, closed, silent) => {
  expect(stopsShort(answers, false)).toBe(closed);
  expect(stopsShort(answers, true)).toBe(silent);
});

test("statuses are found where a body does not end its line", () => {
  expect(statusesOf(counted + chunked + last)).toEqual([200, 200, 401]);
});
