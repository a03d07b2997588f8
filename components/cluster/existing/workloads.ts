/** Deployments and DaemonSets that run on a cluster already, as far as they are looked at. Pure. */
import { z } from "zod";

const texts = z.record(z.string(), z.string());

const container = z.object({
  name: z.string(),
  image: z.string().optional(),
  args: z.array(z.string()).optional(),
  ports: z.array(z.object({ name: z.string().optional(), containerPort: z.int() })).optional(),
});

const workload = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
  spec: z.object({
    template: z.object({
      metadata: z.object({ labels: texts.optional() }).optional(),
      spec: z.object({ containers: z.array(container) }),
    }),
  }),
});

/** Answer to the question for all of a kind. */
export const workloads = z.object({ items: z.array(workload) });

export type Workload = z.output<typeof workload>;

export const containersOf = ({ spec }: Workload): Workload["spec"]["template"]["spec"]["containers"] =>
  spec.template.spec.containers;

/** Values of a flag, each time it is given: as `--name=value` or as `--name value`, with one dash or two. */
export const flagOf = (args: readonly string[], name: string): string[] =>
  args.flatMap((arg, place) => {
    const [, same, value] = /^--?([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    return same === name ? [value ?? args[place + 1] ?? ""] : [];
  });

/** The same where values are lists. */
export const listsOf = (args: readonly string[], name: string): string[] =>
  flagOf(args, name)
    .flatMap((value) => value.split(","))
    .map((part) => part.trim())
    .filter((part) => part !== "");
