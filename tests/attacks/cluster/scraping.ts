/** Forged labels, files, walls, limits and rules at the tenants' Prometheus; aims that admission alone keeps out. */
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { namespacesOf } from "../../../config/rules";
import { bareSamples } from "../../support/live/bare";
import { until } from "../../support/live/progress";
import { readMatrix, type Vector } from "../../support/live/prometheusApi";
import { settings } from "../../support/live/settings";
import type { Attack, Outcome, Part, Surface } from "../attack";
import {
  aims,
  leakingRules,
  leaks,
  ofOwnProber,
  peek,
  peekingRules,
  swell,
  swellingRules,
  swollen,
} from "./aims";
import { crowd, excesses } from "./limits";
import { fileMonitors } from "./monitors";
import {
  type Ask,
  aimsOf,
  askDefenceless,
  askTenants,
  forged,
  forgerName,
  held,
  person,
  reachable,
  sentOn,
  setUp,
  some,
  stamp,
  tearDown,
} from "./scrapeStage";
import { submit } from "./stage";
import { itsAnswer } from "./withoutDefences";

interface AtRunTime {
  readonly name: string;
  readonly surface: Surface;
  readonly rule: string;
  readonly expected: string;
  readonly play: (ask: Ask) => Promise<Outcome>;
}

const defenceless = "no defences in Prometheus";

/** Scrapes and rules come in their own time: "not yet" is not "never". */
async function inTime(play: () => Promise<Outcome>): Promise<Outcome> {
  let last = await play();
  for (const end = Date.now() + 90_000; !last.leaked && Date.now() < end; last = await play())
    await delay(3_000);
  return last;
}

/** The same question to the tenants' Prometheus and to the one without defences. */
const atRunTime = ({ name, play, ...rest }: AtRunTime): Attack => ({
  ...rest,
  name: `${name}, at run time`,
  play: () => play(askTenants),
  without: defenceless,
  teeth: () => inTime(() => play(askDefenceless)),
});

const ownerOf = (labels: Readonly<Record<string, string>>): string => labels.namespace ?? "nobody";

const ruleOf: Readonly<Record<string, string>> = {
  "sm-honor": "P2",
  "pm-honor": "P2",
  "sm-any": "P4",
  "sm-other": "P4",
};

/** The tenant's own namespaces, where the end-to-end tests have forged just before. */
const elsewhere = namespacesOf("alpha", settings.tenants.alpha ?? {}).join("|");

const forgedAttacks = forged.map(({ what, via }) =>
  atRunTime({
    name: what,
    surface: "scraping",
    rule: ruleOf[via] ?? "P1",
    expected: `series of ${held} only`,
    play: async (ask) => {
      const series = await some(ask, `{via="${via}",__name__=~".*_orders_total",namespace!~"${elsewhere}"}`);
      const owners = [...new Set(series.map((s) => ownerOf(s.metric)))];
      // Another's series under the own name, or own series under another's.
      const leaked = owners.some((o) => o !== held) || series.some((s) => s.metric.shop !== undefined);
      return { leaked, seen: `${series.length} series of ${owners.join(", ")}` };
    },
  }),
);

const fileAttacks = Object.entries(fileMonitors(held, forgerName)).map(([name, { metadata }]) =>
  atRunTime({
    name,
    surface: "scraping",
    rule: "P5",
    expected: "not scraped",
    play: async (ask) => {
      const up = await ask(`up{via="${metadata.name}"} == 1`);
      return { leaked: up.length > 0, seen: up.length > 0 ? "scraped" : "not scraped" };
    },
  }),
);

/** What a target brought, beside what Prometheus says of every scrape. */
const brought = (via: string): string => `{via="${via}",__name__!~"up|scrape_.*"}`;

const counted = async (ask: Ask, query: string): Promise<number> =>
  Number((await ask(`count(${query})`))[0]?.value[1] ?? 0);

const reachAttacks = reachable.map(({ name, rule, via }) =>
  atRunTime({
    name: `has Prometheus probe ${name}`,
    surface: rule === "S4" ? "metadata service" : "scraping",
    rule,
    expected: "no connection",
    play: async (ask) => {
      await some(ask, `up{via="${via}"}`);
      const count = await counted(ask, brought(via));
      return { leaked: count > 0, seen: count > 0 ? `${count} series` : "down, no series" };
    },
  }),
);

/** Whether another tenant is scraped, with all of its series. */
async function neighbour(): Promise<string | undefined> {
  const down = await askTenants('up{namespace="beta"} == 0');
  if (down.length > 0) return "beta is not scraped";
  const wanted = Object.entries(settings.tenants).find(([name]) => name === "beta")?.[1].sample?.series;
  const there = await counted(askTenants, 'sample_orders_total{namespace="beta"}');
  return there === wanted ? undefined : `beta has ${there} of ${wanted} series`;
}

const limitAttacks = [...excesses, crowd].map(
  ({ name, via, metric }): Attack => ({
    name: `serves ${name}, at run time`,
    surface: "limits",
    rule: "P6",
    expected: "its scrape fails whole, nobody else's does",
    play: async () => {
      const up = await some(askTenants, `up{via="${via}"}`);
      const count = await counted(askTenants, `${metric}{via="${via}"}`);
      if (count > 0) return { leaked: true, seen: `${count} series` };
      const harm = await neighbour();
      return { leaked: harm !== undefined, seen: harm ?? `${up.length} down, beta whole` };
    },
    without: defenceless,
    teeth: async () => {
      // On a busy machine the first large scrapes may take too long.
      await some(askDefenceless, `count(${metric}{via="${via}"})`);
      return { leaked: true, seen: `${await counted(askDefenceless, `${metric}{via="${via}"}`)} series` };
    },
  }),
);

const stampQuery = 'stamped_total{via="stamped"}[15m]';

const stampAttack: Attack = {
  name: "chooses the time of its samples, at run time",
  surface: "scraping",
  rule: "P3",
  expected: "samples at the time of their scrape",
  play: async () => {
    await some(askTenants, 'up{via="stamped"} == 1');
    return stampsOf(await bareSamples(stampQuery));
  },
  without: defenceless,
  teeth: async () => {
    await some(askDefenceless, 'up{via="stamped"} == 1');
    return stampsOf(readMatrix(await itsAnswer("/api/v1/query", { query: stampQuery })));
  },
};

async function stampsOf(matrix: ReturnType<typeof readMatrix>): Promise<Outcome> {
  const times = matrix.flatMap((series) => series.values.map(([seconds]) => Math.round(seconds * 1000)));
  if (times.length === 0) throw new Error("there are no samples yet");
  const leaked = times.includes(await stamp());
  return {
    leaked,
    seen: leaked ? "a sample of the claimed time" : `${times.length} samples, none of the claimed time`,
  };
}

const recorded = (name: string, query: string, isLeak: (series: Vector) => boolean): Attack =>
  atRunTime({
    name,
    surface: "rules and alerts",
    rule: "P1",
    expected: `nothing of beta's, nothing for beta`,
    play: async (ask) => {
      // All rules of the group are evaluated one after the other, this one last.
      await some(ask, `ALERTS{alertname="Planted",namespace=~"${held}|beta"}`);
      const series = await ask(query);
      const owners = [...new Set(series.map((s) => ownerOf(s.metric)))];
      return { leaked: isLeak(series), seen: `${series.length} series of ${owners.join(", ") || "nobody"}` };
    },
  });

const ofBeta = (series: Vector): boolean => series.some((s) => s.metric.namespace === "beta");
const fromBeta = (series: Vector): boolean => series.some((s) => s.metric.shop === "beta");

const ruleAttacks = [
  recorded("records another's series", "stolen:orders", fromBeta),
  recorded("records into another's namespace", "planted:orders", ofBeta),
  recorded("raises an alert in another's namespace", 'ALERTS{alertname="Planted"}', ofBeta),
];

/** Submits to the tenant's namespace what is in force where no rule holds. */
async function atAdmission(objects: readonly unknown[]): Promise<Outcome> {
  const { accepted, rules, others } = await submit(person, objects);
  if (accepted === objects.length) return { leaked: true, seen: "accepted" };
  if (rules.length === 0) throw new Error(`refused, but by no rule: ${others[0] ?? ""}`);
  return { leaked: false, seen: `refused by ${[...new Set(rules)].join(", ")}` };
}

const aimAttacks = aims(held, forgerName, "").map(
  ({ name, rule, via }): Attack => ({
    name: `${name}, at admission`,
    surface: "scraping",
    rule,
    expected: "refused",
    play: async () => atAdmission((await aimsOf()).find((aim) => aim.via === via)?.objects ?? []),
    without: "neither admission nor defences in Prometheus",
    teeth: async () => {
      const stolen = await some(askDefenceless, `{via="${via}",shop="beta"}`);
      return { leaked: true, seen: `${stolen.length} series of beta's shop` };
    },
  }),
);

/** Operators before 0.90 did not write it for Probes, whatever they said. */
const sentOnAttack: Attack = {
  name: "sends Prometheus on to itself from its own prober, at run time",
  surface: "scraping",
  rule: "T5a",
  expected: "no series",
  play: async () => {
    await some(askTenants, `up{via="${sentOn}"} == 0`);
    const count = await counted(askTenants, brought(sentOn));
    return { leaked: count > 0, seen: count > 0 ? `${count} series` : "down, no series" };
  },
  without: "followRedirects: true",
  teeth: async () => {
    const stolen = await some(askDefenceless, ofOwnProber);
    return { leaked: true, seen: `${stolen.length} series of beta's shop` };
  },
};

const alerts = z.object({
  data: z.object({
    alerts: z.array(
      z.object({
        labels: z.record(z.string(), z.string()),
        annotations: z.record(z.string(), z.string()),
      }),
    ),
  }),
});

const peekAttacks = (["annotations", "labels"] as const).map(
  (place): Attack => ({
    name: `queries another's series in ${place} of an alert, at admission`,
    surface: "rules and alerts",
    rule: "T8a",
    expected: "refused",
    play: () => atAdmission([peekingRules(held, place)]),
    without: "no admission",
    teeth: async () => {
      // The first evaluation may come before the first scrape.
      const seen = await until(
        "the alert to tell of beta",
        90,
        async () => {
          const { data } = alerts.parse(JSON.parse(await itsAnswer("/api/v1/alerts", {})));
          const told = data.alerts.filter((a) => a.labels.alertname === peek).map((a) => a[place].stolen);
          return told.find((text) => text === "beta");
        },
        5,
      );
      return { leaked: true, seen: `the alert says: ${seen}` };
    },
  }),
);

const swellAttack: Attack = {
  name: "makes a long text of a short template, at admission",
  surface: "rules and alerts",
  rule: "T8h",
  expected: "refused",
  play: () => atAdmission([swellingRules(held)]),
  without: "neither admission nor its webhook",
  teeth: async () => {
    const bytes = await until(
      "the alert to have its text",
      90,
      async () => {
        const { data } = alerts.parse(JSON.parse(await itsAnswer("/api/v1/alerts", {})));
        return data.alerts.find((a) => a.labels.alertname === swell)?.annotations.text?.length;
      },
      5,
    );
    return { leaked: bytes >= swollen, seen: `${bytes} bytes` };
  },
};

const leakAttacks = leaks.map(
  ({ name, record, isBetas }, i): Attack => ({
    name: `records another's series by ${name} in a rule, at admission`,
    surface: "rules and alerts",
    rule: "T8h",
    expected: "refused",
    play: () => atAdmission([leakingRules(held)[i]]),
    // The same object from before the namespace was a tenant's: the operator and the tenants' Prometheus do not hold it.
    without: "neither admission nor its webhook",
    teeth: () =>
      inTime(async () => {
        const series = await some(askTenants, `${record}{namespace="${held}"}`);
        const leaked = series.some(({ metric, value: [, value] }) => isBetas(metric, value));
        return { leaked, seen: `recorded ${series.map(({ value: [, value] }) => value).join(", ")}` };
      }),
  }),
);

export const scrapingPart: Part = {
  attacks: [
    ...forgedAttacks,
    stampAttack,
    ...fileAttacks,
    ...reachAttacks,
    sentOnAttack,
    ...aimAttacks,
    ...limitAttacks,
    ...ruleAttacks,
    ...peekAttacks,
    swellAttack,
    ...leakAttacks,
  ],
  concurrency: 4,
  setUp,
  tearDown,
};
