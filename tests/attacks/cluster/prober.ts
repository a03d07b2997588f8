/**
 * Can a pod connect? One pod asks many targets, over and over: a Prometheus that scrapes them, and is asked by way of the API server
 * what came of it.
 */
import { z } from "zod";
import { ports } from "../../../components/names";
import { images } from "../../../versions";
import { fromPod, isReady, type KubernetesObject, pod } from "../../support/live/kubectl";
import { podObject } from "../../support/live/pods";
import { judge, type Verdict } from "../../support/live/probePod";
import { until } from "../../support/live/progress";

export interface ProberArgs {
  readonly name: string;
  readonly namespace: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Urls without a path, by a name for each. */
  readonly targets: Readonly<Record<string, string>>;
}

/** ConfigMap and pod. */
export function prober({ name, namespace, labels, targets }: ProberArgs): KubernetesObject[] {
  const folder = "/etc/prober";
  const data = { "prometheus.yml": JSON.stringify(configuration(targets)) };
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data },
    podObject({
      name,
      namespace,
      ...(labels === undefined ? {} : { labels }),
      restart: "Always",
      containers: [
        {
          name: "prometheus",
          image: images.prometheus,
          args: [
            "--agent",
            "--storage.agent.path=/prometheus",
            `--config.file=${folder}/prometheus.yml`,
            `--web.listen-address=:${ports.prometheus}`,
          ],
          mounts: [
            { name: "config", mountPath: folder },
            { name: "data", mountPath: "/prometheus" },
          ],
          memory: "256Mi",
        },
      ],
      volumes: [
        { name: "config", configMap: { name } },
        { name: "data", emptyDir: {} },
      ],
    }),
  ];
}

/** A connection inside one node takes milliseconds; what has not come after this time was dropped. */
const patience = "4s";

const configuration = (targets: ProberArgs["targets"]) => ({
  global: { scrape_interval: patience, scrape_timeout: patience },
  scrape_configs: Object.entries(targets).map(([name, url]) => {
    const { protocol, host } = new URL(url);
    return {
      job_name: name,
      scheme: protocol.replace(":", ""),
      // Only the connection counts, so one sample is more than enough of what it serves.
      sample_limit: 1,
      tls_config: { insecure_skip_verify: true },
      static_configs: [{ targets: [withPort(host, protocol)] }],
    };
  }),
});

/** URL leaves out the scheme's own port. */
const withPort = (host: string, protocol: string): string =>
  /:\d+$/.test(host) ? host : `${host}:${protocol === "https:" ? 443 : 80}`;

const answer = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({ scrapePool: z.string(), lastError: z.string(), lastScrape: z.string() }),
    ),
  }),
});

/** Nobody's packets are always lost: what came through once is open, and what never came in this many scrapes is closed. */
const tries = 3;

/** What the prober has found out about all of its targets. */
export async function verdicts(args: ProberArgs, seconds = 120): Promise<Record<string, Verdict>> {
  const count = Object.keys(args.targets).length;
  const found = new Map<string, Verdict>();
  const dropped = new Map<string, Set<string>>();
  return until(`${count} verdicts of ${args.namespace}/${args.name}`, seconds, async () => {
    const it = await pod(args.namespace, args.name);
    if (!isReady(it)) return undefined;
    const { data } = answer.parse(JSON.parse(await fromPod(it, "/api/v1/targets", ports.prometheus)));
    for (const { scrapePool, lastScrape, lastError } of data.activeTargets) {
      // A name that was not looked up is no verdict: nothing was tried.
      if (lastScrape.startsWith("0001-") || /\blookup\b/.test(lastError)) continue;
      const verdict = judge(lastError);
      const times = dropped.get(scrapePool) ?? new Set();
      dropped.set(scrapePool, times);
      if (verdict === "dropped") times.add(lastScrape);
      if (verdict !== "dropped") found.set(scrapePool, verdict);
      else if (times.size >= tries && !found.has(scrapePool)) found.set(scrapePool, verdict);
    }
    return found.size === count ? Object.fromEntries(found) : undefined;
  });
}
