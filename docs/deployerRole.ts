/** The role in docs/existing-clusters.md: what an environment needs on a cluster that is there already. */
import { deployerRules, type RoleRule } from "../components/cluster/existing/rights";

/** Name of the role that the documentation offers. */
export const deployerRole = "moat-deployer";

const fence = /```yaml\napiVersion: rbac\.authorization\.k8s\.io[\s\S]*?```/;

/** The page with the role as it should be. */
export const withDeployerRole = (page: string): string =>
  page.replace(fence, () => `\`\`\`yaml\n${manifest()}\`\`\``);

const manifest = (): string => `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: ${deployerRole}
rules:
${deployerRules.map(ruleLines).join("")}`;

const ruleLines = ({ why, ...rule }: RoleRule): string => {
  const [first, ...others] = Object.entries(rule).map(([field, values]) => `${field}: ${list(values)}\n`);
  const comment = why === undefined ? "" : `  # ${why}\n`;
  return `${comment}  - ${first}${others.map((line) => `    ${line}`).join("")}`;
};

const list = (values: readonly string[]): string =>
  `[${values.map((value) => (value === "" ? '""' : value)).join(", ")}]`;
