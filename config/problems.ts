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
export function tell(problems: readonly Problem[]): string {
  const heading = `${problems.length} ${problems.length === 1 ? "mistake" : "mistakes"} in the configuration; nothing was created`;
  return [heading, ...problems.map((p) => `  ${p.path}: ${p.reason}\n    → ${p.mend}`)].join("\n");
}
