/** The guards' flags, from their sources. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(__dirname, "../../programs/guards");

export const guardSources: readonly string[] = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".go") && !file.endsWith("_test.go"))
  .map((file) => readFileSync(join(folder, file), "utf8"));

export const guardFlags: readonly string[] = guardSources.flatMap((source) =>
  [...source.matchAll(/flags\.\w+\((?:&[\w.]+, )?"([a-z-]+)"/g)].map(([, name = ""]) => name),
);
