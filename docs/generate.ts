/** Writes what is printed from the code: `npx tsx docs/generate.ts`. With `--check` it only says what is stale, and fails. */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { withAuthorTables } from "./authorTables";
import { configReference } from "./configReference";
import { withDeployerRole } from "./deployerRole";
import { withImageList } from "./imageList";
import { withDeclarations } from "./projectConfig";
import { ruleCatalogue } from "./ruleCatalogue";

const root = resolve(__dirname, "..");

/** A file as it stands and as it should. */
export interface Printed {
  readonly path: string;
  readonly current: string;
  readonly wanted: string;
}

export function printed(): Printed[] {
  const read = (path: string): string => {
    try {
      return readFileSync(resolve(root, path), "utf8");
    } catch {
      return "";
    }
  };
  const project = read("Pulumi.yaml");
  const existing = read("docs/existing-clusters.md");
  const images = read("docs/images.md");
  const authors = read("docs/authors.md");
  return [
    { path: "docs/config.md", current: read("docs/config.md"), wanted: configReference() },
    { path: "docs/rules.md", current: read("docs/rules.md"), wanted: ruleCatalogue() },
    { path: "docs/existing-clusters.md", current: existing, wanted: withDeployerRole(existing) },
    { path: "docs/images.md", current: images, wanted: withImageList(images) },
    { path: "docs/authors.md", current: authors, wanted: withAuthorTables(authors) },
    { path: "Pulumi.yaml", current: project, wanted: withDeclarations(project) },
  ];
}

function main(args: readonly string[]): void {
  const stale = printed().filter(({ current, wanted }) => current !== wanted);
  if (args.includes("--check")) {
    if (stale.length === 0) return;
    process.stderr.write(
      `stale: ${stale.map(({ path }) => path).join(", ")}; run npx tsx docs/generate.ts\n`,
    );
    process.exitCode = 1;
    return;
  }
  for (const { path, wanted } of stale) {
    writeFileSync(resolve(root, path), wanted);
    process.stdout.write(`wrote ${path}\n`);
  }
}

if (require.main === module) main(process.argv.slice(2));
