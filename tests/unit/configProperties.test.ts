import * as fc from "fast-check";
import { checkConfig, type EnvironmentConfig } from "../../config";
import { addressesOf, isCpu, isDuration, isSize, overlap, toBytes, toSeconds } from "../../config/quantities";
import { validConfig } from "../support/arbitraries";
import { temporaryFolder, writeKubeconfig } from "../support/kubeconfig";

const cluster = { kubeconfig: writeKubeconfig(temporaryFolder()) };

describe("a configuration", () => {
  test("made by the rules is always taken, and says what was asked for", () => {
    fc.assert(
      fc.property(validConfig, (raw) => {
        const config = configOf({ ...raw, cluster });
        expect(config.tenants.map((t) => t.name)).toEqual(Object.keys(raw.tenants));
        for (const tenant of config.tenants) {
          expect(tenant.namespaces).toEqual(raw.tenants[tenant.name]?.namespaces ?? [tenant.name]);
        }
        expect(config.metrics.retention).toBe(raw.metrics.retention);
      }),
    );
  });

  test("never gives one namespace to two tenants, or one of the platform to any", () => {
    const name = fc.constantFrom("a", "b", "c", "moat-system", "kube-system", "default");
    const tenants = fc.dictionary(name, fc.record({ namespaces: fc.array(name, { maxLength: 3 }) }));
    fc.assert(
      fc.property(tenants, (tenants) => {
        const checked = checkConfig({ ...least, tenants });
        if ("problems" in checked) return;
        const all = checked.config.tenants.flatMap((t) => t.namespaces);
        expect(new Set(all).size).toBe(all.length);
        expect(all.filter((n) => n === "moat-system" || n === "default" || n.startsWith("kube-"))).toEqual(
          [],
        );
      }),
    );
  });

  test("of garbage never throws; each problem has a place, a reason and a mend", () => {
    const keys = fc.constantFrom(
      "clusterName",
      "cluster",
      "objectStore",
      "edge",
      "metrics",
      "thanos",
      "tenants",
      "size",
      "x",
    );
    const garbage = fc.dictionary(keys, fc.anything({ withNullPrototype: false, maxDepth: 4 }));
    fc.assert(
      fc.property(garbage, (raw) => {
        const checked = checkConfig(raw, { KUBECONFIG: "/nowhere/kubeconfig" });
        if (!("problems" in checked)) throw new Error("garbage was taken");
        for (const problem of checked.problems) {
          expect(problem.path).toMatch(/^moat:/);
          expect(problem.reason).not.toBe("");
          expect(problem.mend).not.toBe("");
        }
      }),
      { numRuns: 500 },
    );
  });

  test("with one part spoilt is refused, and the problem names that part", () => {
    const spoilt = fc.constantFrom("metrics", "thanos", "edge", "objectStore", "readGateway", "tenants");
    fc.assert(
      fc.property(validConfig, spoilt, fc.integer(), (raw, part, value) => {
        const checked = checkConfig({ ...raw, cluster, [part]: value });
        expect("problems" in checked && checked.problems[0]?.path).toBe(`moat:${part}`);
      }),
    );
  });
});

describe("durations and sizes", () => {
  const units = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };
  const binary = { "": 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

  test("amount to their number times their unit", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99 }),
        fc.constantFrom(...Object.entries(units)),
        (n, [unit, length]) => {
          expect(isDuration(`${n}${unit}`)).toBe(true);
          expect(toSeconds(`${n}${unit}`)).toBe(n * length);
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8000 }),
        fc.constantFrom(...Object.entries(binary)),
        (n, [unit, length]) => {
          expect(isSize(`${n}${unit}`)).toBe(true);
          expect(toBytes(`${n}${unit}`)).toBe(n * length);
        },
      ),
    );
  });

  test("any text is either taken and has a value above 0, or refused and throws", () => {
    const near = fc.stringMatching(/^[ -]?[0-9.]{0,4}(s|m|h|d|Ki|Mi|Gi|Ti|ms|G)?\n?$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (text) => {
        if (isDuration(text)) expect(toSeconds(text)).toBeGreaterThan(0);
        else expect(() => toSeconds(text)).toThrow(RangeError);
        if (isSize(text)) expect(toBytes(text)).toBeGreaterThan(0);
        else expect(() => toBytes(text)).toThrow(RangeError);
      }),
    );
  });

  test.each(["0s", "0d", "-1h", "1h30m", "1.5h", "101y", "h", "", "1 h", "1h\n", "01h"])(
    "%j is no duration",
    (text) => expect(isDuration(text)).toBe(false),
  );
  test.each(["0", "0Gi", "-1Gi", "1G", "1.5Gi", "9999Ti", "Gi", ""])("%j is no size", (text) =>
    expect(isSize(text)).toBe(false),
  );
  test.each(["1", "4", "0.5", "500m", "1.125"])("%j is CPU", (text) => expect(isCpu(text)).toBe(true));
  test.each(["0", "0m", "0.000", "", "many", "-1", "1.5m", "1,5", "null"])("%j is no CPU", (text) =>
    expect(isCpu(text)).toBe(false),
  );
});

describe("address ranges", () => {
  const range = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, bits]) => `${ip}/${bits}`);

  test("contain their own address, and overlap exactly when one holds an end of the other", () => {
    fc.assert(
      fc.property(range, range, (one, other) => {
        const [a, b] = [addressesOf(one), addressesOf(other)];
        const own = addressesOf(`${one.split("/")[0]}/32`).first;
        expect(a.first <= own && own <= a.last).toBe(true);
        const holds = (r: typeof a, x: number) => r.first <= x && x <= r.last;
        expect(overlap(one, other)).toBe(holds(a, b.first) || holds(b, a.first));
        expect(overlap(other, one)).toBe(overlap(one, other));
      }),
    );
  });

  test.each([
    ["169.254.169.254/32", "169.254.0.0/16", true],
    ["0.0.0.0/0", "169.254.0.0/16", true],
    ["169.253.0.0/15", "169.254.0.0/16", false],
    ["10.0.0.0/8", "169.254.0.0/16", false],
  ])("%s and %s overlap: %s", (one, other, expected) => expect(overlap(one, other)).toBe(expected));
});

const least = {
  clusterName: "test",
  cluster,
  objectStore: { kind: "inCluster" },
  edge: { domain: "example.org" },
};

function configOf(raw: Readonly<Record<string, unknown>>): EnvironmentConfig {
  const checked = checkConfig(raw);
  if ("problems" in checked) throw new Error(JSON.stringify(checked.problems));
  return checked.config;
}
