/** Mistakes in the configuration, told all at once. */

export interface Problem {
  /** Where: `moat:tenants.alpha.namespaces[0]`. */
  readonly path: string;
  /** What is wrong with it. */
  readonly reason: string;
  /** What to write instead. */
  readonly mend: string;
}

/** One text for a user's eyes: every problem with its place and its mend. */
export const tell = (problems: readonly Problem[]): string =>
  list(problems, "mistake", "in the configuration");

/** The same of a cluster that is not fit. */
export const tellOfCluster = (problems: readonly Problem[]): string =>
  list(problems, "obstacle", "on the cluster");

/** The same of a cloud in which it could not be made. */
export const tellOfCloud = (problems: readonly Problem[]): string =>
  list(problems, "obstacle", "in the cloud");

const list = (problems: readonly Problem[], what: string, where: string): string =>
  [
    `${problems.length} ${what}${problems.length === 1 ? "" : "s"} ${where}; nothing was created`,
    ...problems.map((p) => `  ${p.path}: ${p.reason}\n    → ${p.mend}`),
  ].join("\n");
