/** Rules about whole stacks: their samples, what is unknown at preview, how their work grows, and the program itself. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { unknownCheckingProxy } from "@pulumi/policy";
import { runtime } from "@pulumi/pulumi";
import { typeOf } from "../../policies/crossguard";
import { rules } from "../../policies/rules";
import { parseSettings } from "../../policies/settings";
import {
  type StackInputs,
  type StackResource,
  type StackRule,
  type StackSample,
  stackPolicyOf,
} from "../../policies/stack";
import { stackRules } from "../../policies/stackRules";
import { madeBy } from "../support/mocks";
import { engineConfig, stackFiles } from "../support/stackFiles";
import { wholeProgram } from "../support/wholeProgram";
import { largeStack, stackOf } from "./support";

// They come from the programs' own releases, and are large.
jest.mock("../../components/metrics/crds", () => ({ crdFiles: () => [] }));
jest.mock("../../components/edge/tls/certManagerCrds", () => ({ certManagerCrdFiles: () => [] }));
// Here no machine will ever be a node.
jest.mock("../../components/cluster/openstack/readiness", () => ({ untilReady: async () => {} }));

/** How the engine writes an object that a preview cannot know. */
const unknownObject = "dd056dcd-154b-4c76-9bd3-c8f88648b5ff";

/** What the pack reports of a stack. */
function reported(
  rule: StackRule,
  resources: readonly StackResource[],
  settings: unknown = {},
  inputs: StackInputs = new Map(),
): string[] {
  const said: string[] = [];
  const report = (message: string) => void said.push(message);
  const ids = new Set(stackRules.map(({ id }) => id));
  const policy = stackPolicyOf(rule, parseSettings(settings, ids), inputs);
  const asPolicyResource = (resource: StackResource) => ({
    urn: "",
    ...resource,
    opts: {
      protect: false,
      ignoreChanges: [],
      aliases: [],
      customTimeouts: times,
      additionalSecretOutputs: [],
    },
    dependencies: [],
    propertyDependencies: {},
    isType: () => false,
    asType: () => undefined,
  });
  policy.validateStack(
    {
      resources: resources.map(asPolicyResource),
      stackTags: new Map(),
      getConfig: () => {
        throw new Error("has no settings of its own");
      },
      notApplicable: () => {
        throw new Error("applies always");
      },
    },
    report,
  );
  return said;
}

const times = { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 };

const named = (samples: readonly StackSample[]) =>
  samples.map(
    (sample) =>
      [
        sample
          .map(({ object }) => JSON.stringify(object))
          .join(" ")
          .slice(-300),
        sample,
      ] as const,
  );

describe.each(stackRules)("$id $title", (rule) => {
  test.each(named(rule.samples.good))("passes %s", (_, sample) => {
    expect(reported(rule, stackOf(sample))).toEqual([]);
  });

  test.each(named(rule.samples.bad))("refuses %s", (_, sample) => {
    const said = reported(rule, stackOf(sample));
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(new RegExp(`^${rule.id}: .{20}`));
  });

  test("judges what was given while there are no outputs, as before there is a cluster", () => {
    for (const sample of rule.samples.bad) {
      const stack = stackOf(sample);
      const inputs = new Map(stack.map(({ urn = "", props }) => [urn, props]));
      const without = stack.map((resource) => ({ ...resource, props: unknownCheckingProxy({}) }));
      expect(reported(rule, without)).not.toEqual(reported(rule, stack));
      expect(reported(rule, without, {}, inputs)).toEqual(reported(rule, stack));
    }
  });

  test("finds nothing in an empty stack", () => {
    expect(rule.check([])).toEqual([]);
  });

  test("judges each of its kinds in a sample", () => {
    const judged = rule.samples.bad
      .flatMap((sample) => rule.check(stackOf(sample)))
      .map((f) => f.resource.type);
    expect(new Set(judged)).toEqual(new Set(rule.on.map(typeOf)));
  });

  test.each(rule.on)("refuses %s of which nothing is known before the update", (kind) => {
    const type = typeOf(kind);
    const fields = { metadata: unknownObject, spec: unknownObject, data: unknownObject };
    const resource = { type, name: "unknown", props: unknownCheckingProxy(fields) };
    expect(reported(rule, [resource])).toEqual([
      expect.stringMatching(`^${rule.id}: .* of unknown is not known before the update`),
    ]);
  });

  test("spares what an exception names, while it holds", () => {
    const [sample = []] = rule.samples.bad;
    const [finding] = rule.check(stackOf(sample));
    const exception = (until: string) => ({
      exceptions: [{ rule: rule.id, resource: finding?.resource.name, reason: "for this test", until }],
    });
    expect(reported(rule, stackOf(sample), exception("2999-01-01"))).toEqual([]);
    expect(reported(rule, stackOf(sample), exception("2000-01-01"))).toHaveLength(1);
  });
});

test("no rule has another's id, and every file is in the list", () => {
  const ids = [...rules, ...stackRules].map((rule) => rule.id);
  expect(new Set(ids).size).toBe(ids.length);
  const files = readdirSync(join(__dirname, "../../policies/stackRules")).filter(
    (file) => file.endsWith(".ts") && file !== "index.ts",
  );
  expect(stackRules).toHaveLength(files.length);
});

describe("on a stack of 1,500 resources", () => {
  const size = 1_500;
  const stack = largeStack(size);

  /** How often a check reads anything of a resource, on average: its work, whatever the machine. */
  const readsOf = (check: StackRule["check"]): number => {
    let reads = 0;
    const count: ProxyHandler<StackResource> = {
      get: (resource, field) => {
        reads++;
        return Reflect.get(resource, field);
      },
    };
    check(stack.map((resource) => new Proxy(resource, count)));
    return reads / size;
  };

  test.each(stackRules)("$id reads each of them a hundred times or so", ({ check }) => {
    expect(readsOf(check)).toBeLessThan(200);
  });

  test("one that compares each with each would be caught", () => {
    const twins: StackRule["check"] = (all) =>
      all
        .filter((one) => all.some((other) => other.urn === one.urn && other.type !== one.type))
        .map((resource) => ({ resource, message: "" }));
    expect(readsOf(twins)).toBeGreaterThan(200);
  });
});

describe.each(stackFiles)("the program with the file %s", (file) => {
  test("breaks none of them", async () => {
    runtime.setAllConfig(...engineConfig(file));
    const made = await madeBy(wholeProgram);
    const resources = made.map(({ type, name, inputs }) => ({ type, name, props: inputs }));
    expect(resources.length).toBeGreaterThan(100);
    for (const rule of stackRules) expect(reported(rule, resources)).toEqual([]);
  });
});
