/**
 * Environments that were made when the program itself registered the Prometheus Operator's definitions: these are now of the
 * ConfigGroup that reads them from files. An alias cannot say so, as a program's aliases do not reach what a plugin registers. So
 * they move in the state; the objects in the cluster stay as they are, and with them everything of their kinds.
 */
import { z } from "zod";

const stateShape = z.looseObject({
  deployment: z.looseObject({
    resources: z.array(
      z.looseObject({
        urn: z.string(),
        type: z.string(),
        id: z.string().optional(),
        parent: z.string().optional(),
      }),
    ),
  }),
});

const definition = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
const group = "kubernetes:yaml/v2:ConfigGroup";

/** The state with the definitions in their new place, or undefined when they are there, or when there are none. */
export function withMovedDefinitions(state: unknown): unknown {
  const { data } = stateShape.safeParse(state);
  if (data === undefined) return undefined;
  const { resources } = data.deployment;
  const component = resources.find(({ type }) => type === "moat:metrics:OperatorCrds");
  const old = resources.filter((r) => r.type === definition && r.parent === component?.urn);
  const [first] = old;
  if (component === undefined || first === undefined) return undefined;

  const [types, name] = splitUrn(component.urn);
  const groupUrn = `${types}$${group}::${name}`;
  // A run that failed on the definitions may have left the group, behind them.
  const others = resources.filter(({ urn }) => urn !== groupUrn);
  const moved = others.flatMap((r) => [
    ...(r === first ? [{ urn: groupUrn, custom: false, type: group, parent: component.urn }] : []),
    old.includes(r) ? { ...r, parent: groupUrn } : r,
  ]);
  const renamed = old.reduce(
    (text, { urn, id = "" }) =>
      text.replaceAll(JSON.stringify(urn), JSON.stringify(`${types}$${group}$${definition}::${name}:${id}`)),
    JSON.stringify({ ...data, deployment: { ...data.deployment, resources: moved } }),
  );
  return JSON.parse(renamed);
}

/** Stack, project and types of a URN, and the name behind them. */
function splitUrn(urn: string): [types: string, name: string] {
  const parts = urn.split("::");
  return [parts.slice(0, 3).join("::"), parts.slice(3).join("::")];
}
