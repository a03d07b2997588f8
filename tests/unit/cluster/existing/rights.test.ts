/** Everything that the program makes on a cluster is among the rights that are asked for. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { runtime } from "@pulumi/pulumi";
import { parse } from "yaml";
import { z } from "zod";
import { made as known, needed } from "../../../../components/cluster/existing/rights";
import { temporaryFolder, writeKubeconfig } from "../../../support/kubeconfig";
import { madeBy, objects } from "../../../support/mocks";

// They come from the operator's own release.
jest.mock("../../../../components/metrics/crds", () => ({ crdFiles: () => [] }));

const root = resolve(__dirname, "../../../..");
const kubeconfig = writeKubeconfig(temporaryFolder());

/** `apps/v1:Deployment` → `deployments.apps`, as English has it. */
function resourceOf(type: string): string {
  const [, groupVersion = "", kind = ""] = /^kubernetes:(.+):(\w+)$/.exec(type) ?? [];
  const [group = ""] = groupVersion.split("/");
  const plural = kind
    .toLowerCase()
    .replace(/(s|x|ch)$/, "$1e")
    .replace(/y$/, "ie")
    .concat("s");
  return group === "core" ? plural : `${plural}.${group}`;
}

test("the rights that are asked for cover all kinds that dev is made of", async () => {
  const { config } = parse(readFileSync(join(root, "Pulumi.dev.yaml"), "utf8"));
  const given = Object.entries({ ...config, "moat:cluster": { kubeconfig } }).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  runtime.setAllConfig(Object.fromEntries(given), []);
  const all = await madeBy(() =>
    jest.isolateModulesAsync(async () => void (await import("../../../../index"))),
  );
  const wanted = [...new Set(objects(all).map(({ type }) => resourceOf(type)))].sort();
  const asked = Object.entries(known).flatMap(([group, resources]) =>
    resources.map((resource) => (group === "" ? resource : `${resource}.${group}`)),
  );
  expect(wanted.length).toBeGreaterThan(15);
  expect(asked).toEqual(expect.arrayContaining(wanted));
});

test("the role that the documentation offers grants each of them", () => {
  const text = readFileSync(join(root, "docs/existing-clusters.md"), "utf8");
  const [, yaml = ""] = /```yaml\n(apiVersion: rbac[\s\S]*?)```/.exec(text) ?? [];
  const { rules } = roleShape.parse(parse(yaml));
  const lacking = needed.filter(
    ({ group, resource, verb }) =>
      !rules.some(
        (r) => r.apiGroups.includes(group) && r.resources.includes(resource) && r.verbs.includes(verb),
      ),
  );
  expect(lacking).toEqual([]);
});

const texts = z.array(z.string());
const roleShape = z.object({
  rules: z.array(z.object({ apiGroups: texts, resources: texts, verbs: texts })),
});
