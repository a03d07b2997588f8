import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { checkConfig } from "../../config";
import { tell } from "../../config/problems";
import { configShape } from "../../docs/configReference";
import { printed } from "../../docs/generate";
import { declarations, withDeclarations } from "../../docs/projectConfig";
import { configIn, secretsSet, stackFiles } from "../support/stackFiles";

const root = resolve(__dirname, "../..");

test.each(printed())(
  "$path is what the code prints; else run npx tsx docs/generate.ts",
  ({ current, wanted }) => {
    expect(current).toBe(wanted);
  },
);

test("every key says what it means", () => {
  expect(keysWithoutMeaning(configShape)).toEqual([]);
});

describe("the declarations in Pulumi.yaml", () => {
  test("leave out a default exactly for the keys that must be set", () => {
    const required = Object.entries(declarations()).filter(([, d]) => d.default === undefined);
    expect(required.map(([key]) => key)).toEqual(["clusterName", "objectStore", "edge"]);
  });

  test("take nothing from the rest of the file, and are the same when printed again", () => {
    const once = withDeclarations("name: x\n# why\nmain: index.ts\n");
    expect(once).toMatch(/^name: x\n# why\nmain: index.ts\n# Printed/);
    expect(withDeclarations(once)).toBe(once);
  });
});

test.each(stackFiles)("%s is a valid configuration", (file) => {
  const checked = checkConfig(configIn(file), {}, secretsSet);
  expect("problems" in checked ? tell(checked.problems) : "").toBe("");
});

describe("links between documents", () => {
  const documents = ["README.md", "examples/README.md", ...markdownIn("docs"), ...markdownIn("policies")];

  test.each(documents)("%s leads somewhere", (document) => {
    // What is fenced is code: brackets in it are no links.
    const text = readFileSync(join(root, document), "utf8").replaceAll(/```[\s\S]*?```/g, "");
    const targets = [...text.matchAll(/\]\(([^)#:]+)(#[^)]*)?\)/g)].map(([, target = ""]) => target);
    const broken = targets.filter((target) => !existsSync(join(root, dirname(document), target)));
    expect(broken).toEqual([]);
  });
});

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => join(folder, path));
}

type Shape = typeof configShape;

/** Paths of keys without a description, at any depth. */
function keysWithoutMeaning(shape: Shape, path = ""): string[] {
  const kinds = (shape.oneOf ?? []).flatMap((kind) => (typeof kind === "object" ? [kind] : []));
  const any = typeof shape.additionalProperties === "object" ? [shape.additionalProperties] : [];
  const below = [...kinds, ...any].flatMap((part) => keysWithoutMeaning(part, path));
  const own = Object.entries(shape.properties ?? {}).flatMap(([key, inner]) => {
    if (typeof inner === "boolean") return [];
    const missing = inner.description === undefined ? [`${path}.${key}`] : [];
    return [...missing, ...keysWithoutMeaning(inner, `${path}.${key}`)];
  });
  return [...own, ...below];
}
