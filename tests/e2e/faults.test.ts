/** What breaks, breaks without a loss: pods killed under a load of queries, the object store away, `pulumi up` killed half-way. */
import { setTimeout as delay } from "node:timers/promises";
import { type ProgramName, programs } from "../../components/names";
import { toSeconds } from "../../config/quantities";
import { root } from "../../toolchain/paths";
import { must } from "../../toolchain/shell";
import { dropBlock } from "../support/live/blocks";
import { type Block, blocksInBucket, discardBlocks, ofSidecars } from "../support/live/bucket";
import { environment } from "../support/live/environment";
import { type TenantClient, tenantClient } from "../support/live/gateway";
import { isReady, kill, kubectl, labelsOfPods, type Pod, pods, podsOf } from "../support/live/kubectl";
import { type Tally, underLoad } from "../support/live/load";
import { tell, until } from "../support/live/progress";
import type { Matrix } from "../support/live/prometheusApi";
import { preview, pulumi, up, upKilled, withTenants } from "../support/live/pulumi";
import { platformNamespace, settings, stack } from "../support/live/settings";
import { describeOn } from "../support/tools";

const minutes = 60_000;

let alpha: TenantClient;

beforeAll(async () => {
  alpha = await tenantClient(await environment(), "alpha");
  await everythingReady();
}, 3 * minutes);

/** Every answer must be whole: all series of the sample application. */
const load = async (use: () => Promise<void>): Promise<Tally> => {
  const query = "sample_orders_total";
  const { length } = await alpha.query(query);
  expect(length).toBe(settings.tenants.alpha?.sample?.series);
  const tally = await underLoad({ client: alpha, query, series: length, concurrency: 3, pause: 0.15 }, use);
  tell(`${tally.asked} queries, ${tally.lost.length} lost, slowest ${tally.slowest.toFixed(2)} s`);
  return tally;
};

const everythingReady = (): Promise<unknown> =>
  until("every pod of the platform to be ready", 150, async () =>
    (await pods(platformNamespace)).every(isReady),
  );

const ready = (program: ProgramName, count: number, without: readonly Pod[]): Promise<unknown> =>
  until(`${count} ready pods of ${program}`, 120, async () => {
    const now = (await podsOf(program)).filter(isReady);
    return now.filter((p) => !without.some((w) => w.metadata.uid === p.metadata.uid)).length === count;
  });

async function one(program: ProgramName): Promise<Pod> {
  const [first] = (await podsOf(program)).filter(isReady);
  if (first === undefined) throw new Error(`no pod of ${program} is ready`);
  return first;
}

/** Seconds of the longest pause between two samples of any of the series. */
const longestPause = (series: Matrix): number =>
  Math.max(
    ...series.map(({ values }) =>
      Math.max(...values.slice(1).map(([at], i) => at - (values[i]?.[0] ?? Number.NEGATIVE_INFINITY))),
    ),
  );

describe("a pod killed under a load of queries", () => {
  test(
    "a Prometheus: no query is lost, and no sample",
    async () => {
      const interval = toSeconds(settings.metrics.scrapeInterval);
      const victim = await one(programs.tenantPrometheus);
      const name = victim.metadata.name;
      const began = Date.now();
      const tally = await load(async () => {
        // It comes back within seconds, so it is killed until scrapes must have been missed.
        while (Date.now() - began < 3.5 * interval * 1000) {
          const again = (await podsOf(programs.tenantPrometheus)).find((p) => p.metadata.name === name);
          if (again !== undefined) await kill(again);
          await delay(2000);
        }
        await ready(programs.tenantPrometheus, settings.metrics.replicas, [victim]);
        await delay(2 * interval * 1000);
      });
      expect(tally.lost).toEqual([]);
      expect(tally.asked).toBeGreaterThan(100);

      const window = `[${Math.ceil((Date.now() - began) / 1000) + 4 * interval}s]`;
      const pauseOf = async (replica: string): Promise<number> =>
        longestPause(await alpha.samples(`up{prometheus_replica="${replica}"}${window}`, { dedup: "false" }));
      const replicas = (await podsOf(programs.tenantPrometheus)).map((p) => p.metadata.name);
      const [survivor = ""] = replicas.filter((r) => r !== name);
      const [own, other] = [await pauseOf(name), await pauseOf(survivor)];
      const seen = await alpha.samples(`up${window}`);
      tell(
        `longest pause: ${longestPause(seen)} s for the tenant; ${own} s in ${name}, ${other} s in ${survivor}`,
      );
      // The victim's own samples do have a hole, so there was something to lose. The other one has them all.
      expect(own).toBeGreaterThan(3 * interval);
      expect(other).toBeLessThan(1.5 * interval);
      // One series is made of both: Thanos waits two intervals before it takes the next sample from the other replica.
      expect(seen).toHaveLength(1);
      expect(longestPause(seen)).toBeLessThanOrEqual(3 * interval);
    },
    5 * minutes,
  );

  test(
    "both Prometheus, as at every change of their pods: one goes only when Thanos Query asks the other again, and no query is lost",
    async () => {
      const before = await podsOf(programs.tenantPrometheus);
      const servers = [`statefulset/${programs.tenantPrometheus}`, "-n", platformNamespace];
      const tally = await load(async () => {
        await kubectl(["rollout", "restart", ...servers]);
        await kubectl(["rollout", "status", ...servers, "--timeout=6m"]);
        await ready(programs.tenantPrometheus, settings.metrics.replicas, before);
        await delay(5000);
      });
      expect(tally.lost).toEqual([]);
      expect(tally.asked).toBeGreaterThan(100);
    },
    8 * minutes,
  );

  test.each([
    ["a query server", programs.query, settings.thanos.queryReplicas],
    ["a query frontend", programs.queryFrontend, settings.thanos.queryFrontendReplicas],
    ["a read gateway", programs.readGateway, settings.readGateway.replicas],
  ])(
    "%s: no query is lost",
    async (_, program, replicas) => {
      const victim = await one(program);
      const tally = await load(async () => {
        await delay(3000);
        await kill(victim);
        await ready(program, replicas, [victim]);
        await delay(5000);
      });
      expect(tally.lost).toEqual([]);
      expect(tally.asked).toBeGreaterThan(50);
    },
    3 * minutes,
  );

  test(
    "no copy of the door for a while: the load does notice",
    async () => {
      const scale = (replicas: number) =>
        kubectl([
          "scale",
          "deployment",
          programs.readGateway,
          "-n",
          platformNamespace,
          `--replicas=${replicas}`,
        ]);
      const tally = await load(async () => {
        try {
          await scale(0);
          // Those that are ending answer for a while.
          await until(
            "the door to be gone",
            90,
            async () => (await pods(platformNamespace, labelsOfPods(programs.readGateway))).length === 0,
          );
          await delay(10_000);
        } finally {
          await scale(settings.readGateway.replicas);
        }
        await ready(programs.readGateway, settings.readGateway.replicas, []);
      });
      expect(tally.lost).not.toEqual([]);
    },
    5 * minutes,
  );
});

const inCluster = describeOn(settings.objectStore.kind === "inCluster", "an object store in the cluster");

inCluster("the object store stopped for two minutes", () => {
  const from = Math.floor(Date.now() / 1000) - 3 * 24 * 3600;
  const labels = { namespace: "alpha" };
  const dropped = (blocks: readonly Block[]): Block[] => blocks.filter((b) => b.minTime === from * 1000);

  const scale = (replicas: number): Promise<string> =>
    kubectl(["scale", "statefulset", programs.s3, "-n", platformNamespace, `--replicas=${replicas}`]);

  test(
    "loses nothing: recent data is answered all the while, and a block of that time arrives afterwards",
    async () => {
      // A sidecar asks whether the block is there already, again and again until there is an answer, and then uploads it.
      const asks = () => ofSidecars("thanos_objstore_bucket_operations_total", 'operation="exists"');
      const asked = await asks();
      const uploads = await ofSidecars("thanos_shipper_uploads_total");
      try {
        await scale(0);
        await until("the object store to be gone", 60, async () => (await podsOf(programs.s3)).length === 0);
        const tally = await load(async () => {
          const end = Date.now() + 2 * minutes;
          await dropBlock([{ metric: "test_outage", labels, from, step: 15, count: 5 }]);
          while (Date.now() < end) {
            await delay(Math.min(10_000, Math.max(0, end - Date.now())));
            tell(`object store away for ${Math.max(0, Math.round((end - Date.now()) / 1000))} s more`);
          }
        });
        expect(tally.lost).toEqual([]);
        expect(tally.asked).toBeGreaterThan(500);
        // It was really away, and the block on its way.
        expect(await podsOf(programs.s3)).toEqual([]);
        expect(await asks()).toBeGreaterThan(asked);
        expect(await ofSidecars("thanos_shipper_uploads_total")).toBe(uploads);
      } finally {
        await scale(1);
        await ready(programs.s3, 1, []);
      }
      await until(
        "the upload of the block",
        120,
        async () => (await ofSidecars("thanos_shipper_uploads_total")) > uploads,
      );
      const arrived = await until("the block in the bucket", 60, async () => {
        const blocks = dropped(await blocksInBucket());
        return blocks.length > 0 && blocks;
      });
      await discardBlocks(arrived);
      expect(arrived).toHaveLength(1);
      await everythingReady();
    },
    8 * minutes,
  );
});

describe("pulumi up killed half-way", () => {
  const objects = ["resourcequota/tenant", "limitrange/tenant", "networkpolicy/tenant"];
  const parts = [...objects, "rolebinding/metrics-readers", "serviceaccount/metrics-reader"];
  const gammaExists = async (): Promise<boolean> =>
    (await kubectl(["get", "namespace", "gamma", "--ignore-not-found", "-o", "name"])).trim() !== "";

  test(
    "is taken up by make resume, and finished by the next one",
    async () => {
      expect(await gammaExists()).toBe(false);
      try {
        await withTenants({ gamma: {} }, async (file) => {
          const args = ["--config-file", file];
          await upKilled(args, async () => {
            await until("the first object of the new tenant", 60, gammaExists, 0.05);
          });
          // Half-way: something is there, and the engine has not come to give back its lock.
          const locked = await up(...args);
          expect(locked.stdout + locked.stderr).toMatch(/currently locked/);

          expect((await pulumi("cancel", "--yes", stack)).code).toBe(0);
          // What was made, but not yet written down, goes into the state: docs/runbooks/lose-the-state.md.
          await must("make", ["-s", "resume"], { cwd: root });
          const next = await up(...args);
          expect({ code: next.code, said: next.code === 0 ? "" : next.stdout + next.stderr }).toEqual({
            code: 0,
            said: "",
          });
          await kubectl(["get", ...parts, "-n", "gamma"]);
          expect((await preview("--expect-no-changes", ...args)).code).toBe(0);
        });
      } finally {
        // Back to what the stack is configured to be, whatever happened above.
        await pulumi("cancel", "--yes", stack);
        const back = await up();
        if (back.code !== 0) tell(`the stack could not be brought back: ${back.stdout}${back.stderr}`);
      }
      expect(await gammaExists()).toBe(false);
      expect((await preview("--expect-no-changes")).code).toBe(0);
    },
    6 * minutes,
  );
});
