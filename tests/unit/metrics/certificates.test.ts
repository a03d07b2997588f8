import { output } from "@pulumi/pulumi";
import { certificateRule, toUnix } from "../../../components/metrics/rules/certificates";
import { settled } from "../../support/settled";

test("a certificate's end is recorded as seconds", async () => {
  expect(await settled(certificateRule("gateway", output("2030-01-01T00:00:00Z")))).toEqual({
    record: "moat_certificate_not_after_seconds",
    expr: "vector(1893456000)",
    labels: { certificate: "gateway" },
  });
});

test.each([
  ["1970-01-01T00:00:01Z", 1],
  ["2030-01-01T01:00:00+01:00", 1_893_456_000],
])("%s is %d", (date, seconds) => expect(toUnix(date)).toBe(seconds));

test("what is no date is told", () => {
  expect(() => toUnix("soon")).toThrow('"soon" is not a date such as 2030-01-31T12:00:00Z');
});
