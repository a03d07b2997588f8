/** Who lands in which organisation: every tenant has one, by its name. Operators see them all. */
import type { EnvironmentConfig } from "../../config";
import type { GrafanaConfig } from "../../config/grafana";

type People = Pick<EnvironmentConfig, "tenants" | "operators">;

/** Kubernetes' own groups are of accounts in the cluster, not of people whom a provider knows. */
const ofPeople = (groups: readonly string[]): string[] => groups.filter((g) => !g.startsWith("system:"));

/** `<group>:<organisation>:<role>`; a colon of the group itself stands behind a backslash. */
const mapping = (group: string, organisation: string, role: string): string =>
  `${group.replaceAll(":", "\\:")}:${organisation}:${role}`;

/** All that lets people in. */
export const peopleGroups = ({ tenants, operators }: People): string[] => [
  ...new Set([...ofPeople(operators.groups), ...tenants.flatMap(({ groups }) => ofPeople(groups))]),
];

export const organisationMapping = (
  { tenants, operators }: People,
  role: GrafanaConfig["tenantRole"],
): string[] =>
  tenants.flatMap(({ name, groups }) => [
    ...ofPeople(groups).map((group) => mapping(group, name, role)),
    ...ofPeople(operators.groups).map((group) => mapping(group, name, "Viewer")),
  ]);
