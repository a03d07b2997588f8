/** Can a pod connect? Asked from a real pod with promtool as the client, for many targets at a time. */
import { images } from "../../../versions";
import { apply, logs, pod, remove } from "./kubectl";
import { podObject } from "./pods";
import { until } from "./progress";

/** `connected`: something answered. `refused`: the packet arrived, nothing listens. `dropped`: no answer at all. */
export type Verdict = "connected" | "refused" | "dropped";

export interface ProbeArgs {
  readonly name: string;
  readonly namespace: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Urls by a name for each, a DNS label. */
  readonly targets: Readonly<Record<string, string>>;
}

/** A connection inside one node takes milliseconds; what has not come after this time was dropped. */
const patience = 8_000;

/** Runs one pod with one container for each target. */
export async function probe({
  name,
  namespace,
  labels,
  targets,
}: ProbeArgs): Promise<Record<string, Verdict>> {
  const object = podObject({
    name,
    namespace,
    ...(labels === undefined ? {} : { labels }),
    containers: Object.entries(targets).map(([target, url]) => ({
      name: target,
      image: images.prometheus,
      command: ["/bin/promtool", "query", "instant", url, "vector(1)"],
      memory: "96Mi",
    })),
  });
  const ended = new Set<string>();
  await remove(object);
  await apply(object);
  try {
    let started: number | undefined;
    await until(`probes of ${namespace}/${name}`, 90, async () => {
      const { containerStatuses } = (await pod(namespace, name)).status;
      if (containerStatuses.length < Object.keys(targets).length) return false;
      if (containerStatuses.some((s) => s.state.waiting !== undefined)) return false;
      started ??= Date.now();
      for (const status of containerStatuses) if (status.state.terminated) ended.add(status.name);
      return ended.size === containerStatuses.length || Date.now() - started > patience;
    });
    const verdicts = Object.keys(targets).map(async (target): Promise<[string, Verdict]> => {
      if (!ended.has(target)) return [target, "dropped"];
      return [target, judge(await logs(namespace, name, target))];
    });
    return Object.fromEntries(await Promise.all(verdicts));
  } finally {
    await remove(object);
  }
}

/** What promtool's words mean. An unknown host is no verdict: nothing was tried. */
export function judge(words: string): Verdict {
  if (/no such host|server misbehaving/.test(words)) throw new Error(`the name was not found: ${words}`);
  if (/connection refused/.test(words)) return "refused";
  if (/i\/o timeout|deadline exceeded|no route to host|unreachable/.test(words)) return "dropped";
  return "connected";
}
