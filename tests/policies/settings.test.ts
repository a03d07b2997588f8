import { levelOf, pardoned, parseSettings } from "../../policies/settings";

const ids = new Set(["P1", "S1a"]);
const parse = (written: unknown) => parseSettings(written, ids);
const exception = (changes: object = {}) => ({
  exceptions: [
    { rule: "P1", resource: "door", reason: "until the new site is there", until: "2027-01-31", ...changes },
  ],
});

test("without settings every rule is mandatory, and nothing is excepted", () => {
  for (const nothing of [undefined, null, {}])
    expect(parse(nothing)).toEqual({ level: "mandatory", levels: {}, exceptions: [] });
});

test("a rule has its own level, or the stack's", () => {
  const settings = parse({ level: "advisory", levels: { S1a: "disabled" } });
  expect([levelOf({ id: "P1" }, settings), levelOf({ id: "S1a" }, settings)]).toEqual([
    "advisory",
    "disabled",
  ]);
});

test.each([
  [{ lvel: "advisory" }, "Unrecognized key"],
  [{ level: "disabled" }, "moat:policies.level: "],
  [{ levels: { P1: "off" } }, "moat:policies.levels.P1: "],
  [{ levels: { p1: "advisory" } }, "moat:policies.levels.p1: must be a rule's id, such as P1 or S1a"],
  [{ levels: { P2: "advisory" } }, "moat:policies.levels: P2 is no rule"],
  [exception({ rule: "P2" }), "moat:policies.exceptions: P2 is no rule"],
  [exception({ reason: "because" }), "moat:policies.exceptions.0.reason: must say why"],
  [exception({ until: "2027-02-30" }), "moat:policies.exceptions.0.until: must be a day"],
  [exception({ until: undefined }), "moat:policies.exceptions.0.until: "],
  [exception({ resource: "" }), "moat:policies.exceptions.0.resource: "],
  ["advisory", "moat:policies: "],
])("%j is refused", (written, words) => {
  expect(() => parse(written)).toThrow(words);
});

test("every mistake is told at once", () => {
  expect(() => parse({ level: "none", extra: 1 })).toThrow(/extra[\s\S]*level|level[\s\S]*extra/);
});

describe("exceptions", () => {
  const on = (day: string) => new Date(`${day}T12:00:00Z`);
  const settings = parse(exception());
  const door = { name: "door", urn: "urn:pulumi:dev::moat::t::door" };

  test.each([
    ["2027-01-30", true],
    ["2027-01-31", true],
    ["2027-02-01", false],
  ])("on %s: %s", (day, holds) => {
    expect(pardoned({ id: "P1" }, door, settings, on(day))).toBe(holds);
  });

  test("a day as the engine writes it holds as long", () => {
    const written = parse(exception({ until: "2027-01-31 00:00:00 +0000 UTC" }));
    expect(pardoned({ id: "P1" }, door, written, on("2027-01-31"))).toBe(true);
    expect(pardoned({ id: "P1" }, door, written, on("2027-02-01"))).toBe(false);
  });

  test("it is for one rule, and one resource by its name or URN", () => {
    const today = on("2027-01-01");
    expect(pardoned({ id: "S1a" }, door, settings, today)).toBe(false);
    expect(pardoned({ id: "P1" }, { name: "gate" }, settings, today)).toBe(false);
    const byUrn = parse(exception({ resource: door.urn }));
    expect(pardoned({ id: "P1" }, door, byUrn, today)).toBe(true);
    expect(pardoned({ id: "P1" }, { name: "door" }, byUrn, today)).toBe(false);
  });
});
