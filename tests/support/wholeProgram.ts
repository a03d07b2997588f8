/** The program of an environment, loaded anew for each run: it reads the configuration as it begins. */
import type { Made } from "./mocks";

export const wholeProgram = (): Promise<void> =>
  jest.isolateModulesAsync(async () => void (await import("../../index")));

/** Every resource by type and name, sorted. */
export const namesOf = (made: readonly Made[]): string[] =>
  made.map(({ type, name }) => `${type} ${name}`).sort();
