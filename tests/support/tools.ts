/** Programs of the toolchain that tests start: where a machine cannot have one, its tests are skipped with the reason. */
import { isThere, needsOf, toolNamed } from "../../toolchain/testTools";

type Skipping<T extends { skip: unknown }> = T | T["skip"];

/** A test that needs these tools. */
export const testWith = (...names: readonly string[]): Skipping<typeof test> =>
  areThere(names) ? test : test.skip;

/** Several of them. */
export const describeWith = (...names: readonly string[]): Skipping<typeof describe> =>
  areThere(names) ? describe : describe.skip;

function areThere(names: readonly string[]): boolean {
  const missing = names.map(toolNamed).filter((tool) => !isThere(tool));
  for (const tool of missing)
    process.stderr.write(
      `skipped: ${tool.name} is not there; make check gets it, which takes ${needsOf(tool)}\n`,
    );
  return missing.length === 0;
}

/** Tests of what only some environments have, such as "the embedded cluster". */
export function describeOn(there: boolean, what: string): Skipping<typeof describe> {
  if (!there) process.stderr.write(`skipped: this environment does not have ${what}\n`);
  return there ? describe : describe.skip;
}
