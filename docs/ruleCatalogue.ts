/** docs/rules.md: the rules of the policy pack, for those whom one of them stops. */
import type { Rule } from "../policies/rule";
import { rules } from "../policies/rules";

export const ruleCatalogue = (): string =>
  [
    "# Rules of the policy pack",
    "<!-- Printed from policies/rules: npx tsx docs/generate.ts -->",
    "`pulumi preview --policy-pack policies` and `pulumi up --policy-pack policies` stop before anything is changed when one of these is broken. Rules of tenants are also held by the API server, for what tenants apply themselves. Each stands with samples in its file in [policies/rules](../policies/rules).",
    overview,
    ...rules.map(entry),
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
].join("\n");

/** The anchor that renderers of Markdown make of the heading. */
function anchor({ id, title }: Rule): string {
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
      ...new Set(rule.validations.map(({ message }) => `* Mend: ${message}`)),
      `* See: ${rule.references.map((url) => `<${url}>`).join(", ")}`,
    ].join("\n"),
    ["```cel", ...conditions(rule), "```"].join("\n"),
  ].join("\n\n");

/** The conditions as they are evaluated, each on its lines. */
const conditions = ({ variables, validations }: Rule): string[] => [
  ...Object.entries(variables ?? {}).map(([name, expression]) => `variables.${name} = ${expression}`),
  ...validations.map(({ expression }) => expression),
];
