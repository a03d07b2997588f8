/** docs/rules.md: the rules of the policy pack, for those whom one of them stops. */
import type { Rule } from "../policies/rule";
import { rules } from "../policies/rules";

export const ruleCatalogue = (): string =>
  [
    "# Rules of the policy pack",
    "<!-- Printed from policies/rules: npx tsx docs/generate.ts -->",
    "`pulumi preview --policy-pack policies` and `pulumi up --policy-pack policies` stop before anything is changed when one of these is broken. Each stands with samples in its file in [policies/rules](../policies/rules).",
    ...rules.map(entry),
  ]
    .join("\n\n")
    .concat("\n");

const entry = ({ id, title, why, severity, message, kinds, references }: Rule): string =>
  [
    `## ${id} ${title}`,
    why,
    [
      `* Severity: ${severity}`,
      `* Looks at: ${kinds.map((kind) => `\`${kind}\``).join(", ")}`,
      `* Mend: ${message}`,
      `* See: ${references.map((url) => `<${url}>`).join(", ")}`,
    ].join("\n"),
  ].join("\n\n");
