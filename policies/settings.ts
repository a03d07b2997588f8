/** How strict the pack is in a stack, from `moat:policies` of its configuration. */
import { z } from "zod";

const level = z.enum(["advisory", "mandatory", "disabled"]);
const ruleId = z.string().regex(/^[A-Z]\d+[a-z]?$/, { error: "must be a rule's id, such as P1 or S1a" });

export const policySettings = z.strictObject({
  level: z
    .enum(["advisory", "mandatory"])
    .default("mandatory")
    .describe("What a violation does: `mandatory` stops the update, `advisory` is only told"),
  levels: z
    .record(ruleId, level)
    .default({})
    .describe("Other levels for single rules, by id. `disabled` leaves a rule out"),
  exceptions: z
    .array(
      z.strictObject({
        rule: ruleId.describe("The rule's id"),
        resource: z.string().min(1).describe("Name of the resource in the program, or its URN"),
        reason: z.string().min(10, { error: "must say why, in ten characters or more" }).describe("Why"),
        until: z
          .string()
          // The engine takes a day in YAML for its first moment, and hands that over in Go's words.
          .refine((written) => z.iso.date().safeParse(written.replace(/ 00:00:00 \+0000 UTC$/, "")).success, {
            error: "must be a day such as 2027-01-31",
          })
          .describe("Last day on which it holds"),
      }),
    )
    .default([])
    .describe("Resources that may break a rule for a while"),
});

export type PolicySettings = z.output<typeof policySettings>;

/**
 * The settings of a stack's configuration. Throws with every mistake: a typo must not loosen anything.
 *
 * @param ids Ids of all rules.
 */
export function parseSettings(written: unknown, ids: ReadonlySet<string>): PolicySettings {
  const { success, data, error } = policySettings.safeParse(written ?? {});
  if (!success) throw wrong(error.issues.map((i) => `${i.path.join(".")}: ${wordsOf(i)}`));
  const named = [
    ...Object.keys(data.levels).map((id) => ["levels", id] as const),
    ...data.exceptions.map(({ rule }) => ["exceptions", rule] as const),
  ];
  const unknown = named.filter(([, id]) => !ids.has(id));
  if (unknown.length === 0) return data;
  throw wrong(unknown.map(([key, id]) => `${key}: ${id} is no rule; docs/rules.md lists all`));
}

const wrong = (problems: readonly string[]): Error =>
  new Error(
    `the policies' settings are not right:\n  ${problems.map((p) => `moat:policies.${p}`.replace(".: ", ": ")).join("\n  ")}`,
  );

/** What is wrong with a key says so one level deeper. */
const wordsOf = (issue: z.core.$ZodIssue): string =>
  issue.code === "invalid_key" ? issue.issues.map((i) => i.message).join(", ") : issue.message;

export const levelOf = (rule: { readonly id: string }, settings: PolicySettings): z.output<typeof level> =>
  settings.levels[rule.id] ?? settings.level;

/** Whether an exception that still holds names the resource. */
export const pardoned = (
  rule: { readonly id: string },
  resource: { readonly name: string; readonly urn?: string },
  { exceptions }: PolicySettings,
  today = new Date(),
): boolean =>
  exceptions.some(
    (e) =>
      e.rule === rule.id &&
      (e.resource === resource.name || e.resource === resource.urn) &&
      today.toISOString().slice(0, 10) <= e.until,
  );
