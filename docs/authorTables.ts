/** The tables in docs/authors.md: what authors may do, and what Kubernetes' own roles would add. */
import type { Right } from "../components/cluster/existing/rights";
import { authorRules, withheld } from "../components/tenancy/authors";

/** The page with the tables as they should be. Each begins with its own heading, which is how it is found. */
export const withAuthorTables = (page: string): string =>
  [given, more].reduce((text, [head = "", ...rows]) => {
    const [before = "", after = ""] = text.split(`${head}\n`);
    const rest = after.replace(/^(\|.*\n)*/, "");
    return [before, head, "\n", ...rows.map((row) => `${row}\n`), rest].join("");
  }, page);

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const code = (text: string): string => `\`${text}\``;
const named = (group: string, resource: string): string =>
  code(group === "" ? resource : `${resource}.${group}`);

const look = "get, list, watch";
const inWords = (verbs: readonly string[]): string =>
  verbs.join(", ").replace(`${look}, create, update, patch, delete`, "read and write").replace(look, "read");

const given = [
  row(["what", "verbs", "for"]),
  "|---|---|---|",
  ...authorRules.map(({ apiGroups: [group = ""], resources, verbs, why }) =>
    row([resources.map((resource) => named(group, resource)).join(", "), inWords(verbs), `${why}.`]),
  ),
];

const byVerb = (rights: readonly Right[]): string =>
  [...new Set(rights.map(({ verb }) => verb))]
    .map((verb) => {
      const resources = rights.filter((right) => right.verb === verb);
      return `${verb} ${resources.map(({ group, resource }) => named(group, resource)).join(", ")}`;
    })
    .join("; ");

const more = [
  row(["right", "given by", "who has it"]),
  "|---|---|---|",
  ...withheld.map(({ rights, givenBy, why }) => row([byVerb(rights), code(givenBy), `${why}.`])),
];
