/** The whole program, for each stack's file: every object is of its kind's schema, and the promises that cross components hold. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { runtime } from "@pulumi/pulumi";
import { parse } from "yaml";
import { temporaryFolder, writeKubeconfig } from "../support/kubeconfig";
import { type Made, madeBy, objects } from "../support/mocks";
import { validateAll } from "../support/schemas";

const root = resolve(__dirname, "../..");
const kubeconfig = writeKubeconfig(temporaryFolder());

// They come from the operator's own release.
jest.mock("../../components/metrics/crds", () => ({ crdFiles: () => [] }));

const secretKeys = ["moat:objectStoreAccessKey", "moat:objectStoreSecretKey"];

/** What the program makes with the file of one stack. */
async function programOf(stack: string): Promise<Made[]> {
  const { config } = parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8"));
  const given = Object.entries({ ...config, "moat:cluster": { kubeconfig } }).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const secrets = secretKeys.map((key) => [key, "made-up"]);
  runtime.setAllConfig(Object.fromEntries([...given, ...secrets]), secretKeys);
  return madeBy(() => jest.isolateModulesAsync(async () => void (await import("../../index"))));
}

describe.each(["dev", "prod"])("the stack %s", (stack) => {
  let made: Made[];
  beforeAll(async () => {
    made = await programOf(stack);
  });

  test("makes objects that the published schemas allow", () => {
    expect(objects(made).length).toBeGreaterThan(50);
    expect(validateAll(made)).toEqual([]);
  });

  test("names no two objects of a kind alike", () => {
    const ids = objects(made).map(({ type, inputs }) => `${type} ${JSON.stringify(inputs.metadata)}`);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });
});
