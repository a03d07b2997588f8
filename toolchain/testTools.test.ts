import { isThere, machine, needsOf, testTools, toolNamed } from "./testTools";

describe("what tests run", () => {
  test("has one line for each program", () => {
    const names = testTools.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { use, suites } of testTools) {
      expect(use).toMatch(/^[a-z].{8,}/);
      expect(suites.length).toBeGreaterThan(0);
    }
  });

  test("is pinned, or the distribution's", () => {
    for (const { version } of testTools)
      expect(version).toMatch(/^(v?\d+\.\d+\.\d+(\.\d+)?|own|the distribution's)$/);
  });

  test.each([
    ["actionlint", "Go"],
    ["shellcheck", "python3 with pip"],
    ["machine", "root on a Debian-like system"],
    ["openssl", "openssl of the system, installed by itself where that is Debian-like and you are root"],
  ])("%s takes %s", (name, needs) => {
    expect(needsOf(toolNamed(name))).toBe(needs);
  });

  test("a name that is not in the table is an error, not a skip", () => {
    expect(() => toolNamed("shellchek")).toThrow("toolchain/testTools.ts has no shellchek");
  });

  test("what is nowhere is not there", () => {
    const missing = { name: "no-such-program", version: "1", use: "nothing", suites: [] } as const;
    expect(isThere({ ...missing, from: { debian: "curl" } })).toBe(false);
    expect(isThere({ ...missing, from: { ...machine, folder: "/none" } })).toBe(false);
    expect(isThere({ ...missing, from: { name: "no-such-program", version: "1", wheel: "x" } })).toBe(false);
  });
});
