/** docs/rules.md: the rules of the policy pack, for those whom one of them stops. */
import type { Rule } from "../policies/rule";
import { rules } from "../policies/rules";
import type { StackRule } from "../policies/stack";
import { stackRules } from "../policies/stackRules";

export const ruleCatalogue = (): string =>
  [
    "# Rules of the policy pack",
    "<!-- Printed from policies/rules: npx tsx docs/generate.ts -->",
    "`pulumi preview --policy-pack policies` and `pulumi up --policy-pack policies` stop before anything is changed when one of these is broken. Rules of tenants are also held by the API server, for what tenants apply themselves. Each stands with samples in its file in [policies/rules](../policies/rules).",
    overview,
    ...rules.map(entry),
    "# Rules about a stack as a whole",
    "What holds between resources is checked at the end of a preview, when all of them are known. These rules are TypeScript, in [policies/stackRules](../policies/stackRules), with small stacks as samples.",
    ...stackRules.map(stackEntry),
  ]
    .join("\n\n")
    .concat("\n");

const overview = [
  "| rule | what must hold | severity | held by the API server |",
  "|---|---|---|---|",
  ...rules.map(
    (rule) =>
      `| [${rule.id}](#${anchor(rule)}) | ${rule.title} | ${rule.severity} | ${rule.scope === "tenants" ? "yes" : "no"} |`,
  ),
  ...stackRules.map((rule) => `| [${rule.id}](#${anchor(rule)}) | ${rule.title} | ${rule.severity} | no |`),
].join("\n");

/** The anchor that renderers of Markdown make of the heading. */
function anchor({ id, title }: Pick<Rule, "id" | "title">): string {
  return `${id} ${title}`
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

const entry = (rule: Rule): string =>
  [
    `## ${rule.id} ${rule.title}`,
    rule.why,
    [
      `* Severity: ${rule.severity}`,
      `* Looks at: ${rule.on.map((kind) => `\`${kind}\``).join(", ")}`,
      ...(rule.knownLater ?? []).map(
        (field) => `* Judged at the update where a preview does not know it: \`${field}\``,
      ),
      ...new Set(rule.validations.map(({ message }) => `* Mend: ${message}`)),
      `* See: ${rule.references.map((url) => `<${url}>`).join(", ")}`,
    ].join("\n"),
    ["```cel", ...conditions(rule), "```"].join("\n"),
  ].join("\n\n");

const stackEntry = (rule: StackRule): string =>
  [
    `## ${rule.id} ${rule.title}`,
    rule.why,
    [
      `* Severity: ${rule.severity}`,
      `* Looks at: ${rule.on.map((kind) => `\`${kind}\``).join(", ")}`,
      `* Mend: ${rule.mend}`,
      `* See: ${rule.references.map((url) => `<${url}>`).join(", ")}`,
    ].join("\n"),
  ].join("\n\n");

/** The conditions as they are evaluated, each on its lines. */
const conditions = ({ variables, validations }: Rule): string[] => [
  ...Object.entries(variables ?? {}).map(([name, expression]) => `variables.${name} = ${expression}`),
  ...validations.map(({ expression }) => expression),
];
