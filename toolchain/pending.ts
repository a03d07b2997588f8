/**
 * What a killed run had begun. The engine writes down each create before it asks for it and does not know what came of it, and no provider
 * takes over what is there: the next run would end at "already exists", for ever. Pure; resume.ts asks the cluster.
 */
import { z } from "zod";

const resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  custom: z.boolean().optional(),
  inputs: z.looseObject({}).optional(),
});

const operation = z.object({ resource, type: z.string() });

const state = z.looseObject({
  deployment: z.looseObject({
    resources: z.array(z.unknown()).optional(),
    pending_operations: z.array(operation).optional(),
  }),
});

type State = z.output<typeof state>;
export type Operation = z.output<typeof operation>;

/** A Kubernetes object as kubectl asks for it. */
export interface ObjectName {
  /** `Deployment.v1.apps`, `Secret.v1.` */
  readonly kind: string;
  readonly name: string;
  /** Undefined where the object names none: of the whole cluster, or in the provider's default namespace. */
  readonly namespace: string | undefined;
}

const object = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
});

export const pendingOperations = (exported: unknown): readonly Operation[] =>
  state.parse(exported).deployment.pending_operations ?? [];

/** The object that an operation was to create, if it was one of Kubernetes. */
export function createdObject({ resource: { type, inputs }, type: what }: Operation): ObjectName | undefined {
  const parsed = object.safeParse(inputs);
  if (what !== "creating" || !type.startsWith("kubernetes:") || !parsed.success) return undefined;
  const { apiVersion, kind, metadata } = parsed.data;
  const [version = "", group = ""] = apiVersion.split("/").reverse();
  return { kind: `${kind}.${version}.${group}`, ...{ namespace: undefined, ...metadata } };
}

/** Keeps everything in the state itself, so a killed create of it left nothing behind. */
const keptInState = /^(random|tls|pulumi):/;

/** Whether an operation can have left something that only its cloud knows. An update or a delete is simply done again. */
export const mayBeLost = (one: Operation): boolean =>
  one.type === "creating" && createdObject(one) === undefined && !keptInState.test(one.resource.type);

/** The manager by which both plugins create. Somebody else's object of that name does not have it. */
const creator = /^pulumi-kubernetes/;

const live = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().optional(),
    managedFields: z.array(z.object({ manager: z.string().optional() })).optional(),
  }),
});

/** The id of an object that kubectl found, if a run like the killed one has made it. */
export function idOf(found: unknown): string | undefined {
  const parsed = live.safeParse(found);
  if (!parsed.success) return undefined;
  const { name, namespace, managedFields = [] } = parsed.data.metadata;
  if (!managedFields.some(({ manager = "" }) => creator.test(manager))) return undefined;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The state without open operations, and with what came to be, by the id of each. Its outputs a refresh must read. */
export function resumed(exported: unknown, ids: ReadonlyMap<string, string>): State {
  const whole = state.parse(exported);
  const { pending_operations: pending = [], resources = [], ...rest } = whole.deployment;
  const made = pending.flatMap(({ resource: one }) => {
    const id = ids.get(one.urn);
    return id === undefined ? [] : [{ ...one, id, outputs: one.inputs ?? {} }];
  });
  return { ...whole, deployment: { ...rest, resources: [...resources, ...made] } };
}
