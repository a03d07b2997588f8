/**
 * The stage of the attacks on scraping: forged objects before the tenants' Prometheus, where only admission is missing, and before one
 * without any defence. They are made in a namespace that is not yet a tenant's, so no rule keeps them out; then it becomes one.
 */
import { programs } from "../../../components/names";
import { forgedMetrics, forgedRules, forgeries, forgerLabels } from "../../e2e/forgeries";
import { bareQuery } from "../../support/live/bare";
import { emitter } from "../../support/live/emitter";
import { apply, type KubernetesObject, pods, remove } from "../../support/live/kubectl";
import { until } from "../../support/live/progress";
import type { Vector } from "../../support/live/prometheusApi";
import { platformNamespace } from "../../support/live/settings";
import { type Aim, aims, ground, leakingRules, ownProber, peekingRules, swellingRules } from "./aims";
import { forger } from "./forger";
import { limitMonitors, stamped } from "./limits";
import { canListen, endMetadataService, startMetadataService } from "./metadataService";
import { fileMonitors, monitor, probe, type Reach, reaches, smallPage } from "./monitors";
import { once } from "./once";
import { binding, mightyTenant, namespace, tenantLabels } from "./stage";
import { itsObjects, itsQuery, withoutDefences } from "./withoutDefences";

/** Becomes a tenant's: what comes of it is for the tenants' Prometheus to hold. */
export const held = "attack-forge";
/** Never a tenant's. */
const unheld = "attack-aim";
/** A tenant's person with every right that a namespace has. */
export const person = "attack-forger";

export type Ask = (query: string) => Promise<Vector>;

export const askTenants: Ask = (query) => bareQuery(query);
export const askDefenceless: Ask = itsQuery;

export const forgerName = "forger";
const control = "honest";
/** A Probe that says to follow no redirects, and meets one. */
export const sentOn = "sent-on";

/** Those that bring series; the kind of the other is not installed. */
export const forged = forgeries(held, "emitter").filter((f) => f.scraped);

export const reachable: readonly Reach[] = reaches.filter((r) => r.rule !== "S4" || canListen());

/** Time of a sample as its target claims it, in milliseconds. */
export const stamp = once(async () => Date.now() - 60_000);

const betaAddress = once(async () => {
  const found = await pods("beta", forgerLabels);
  const address = found.find((p) => p.status.podIP !== undefined)?.status.podIP;
  if (address === undefined) throw new Error("beta has no sample application");
  return address;
});

/** The aims as objects of the tenant's namespace, where they are only submitted. */
export const aimsOf = async (): Promise<readonly Aim[]> => aims(held, forgerName, await betaAddress());

const heldObjects = async (): Promise<KubernetesObject[]> => [
  ...mightyTenant(person),
  // As every tenant's namespace has it: without it Prometheus finds no targets there.
  binding(
    "prometheus",
    `${platformNamespace}-${programs.tenantPrometheus}-discovery`,
    { kind: "ServiceAccount", name: programs.tenantPrometheus, namespace: platformNamespace },
    held,
  ),
  ...emitter({ name: "emitter", namespace: held, labels: forgerLabels, metrics: forgedMetrics }),
  ...forger(held, forgerName, await stamp()),
  monitor(held, forgerName, control, { path: smallPage }),
  ...forged.map((f) => f.object),
  forgedRules(held),
  ...leakingRules(held),
  ...limitMonitors(held, forgerName),
  stamped(held, forgerName),
  ...Object.values(fileMonitors(held, forgerName)),
  ...reachable.map(({ via, prober }) => probe(held, via, prober)),
  ...ground(held),
  ownProber(held, sentOn, false),
];

const unheldObjects = async (): Promise<KubernetesObject[]> => [
  ...ground(unheld),
  ...aims(unheld, "redirector", await betaAddress()).flatMap((aim) => aim.objects),
  peekingRules(unheld, "annotations"),
  peekingRules(unheld, "labels"),
  swellingRules(unheld),
];

const removed = [...itsObjects, namespace(held), namespace(unheld), ...mightyTenant(person)];

export async function setUp(): Promise<void> {
  await remove(...removed);
  if (canListen()) await startMetadataService();
  await apply(namespace(held), namespace(unheld));
  await apply(...(await heldObjects()), ...(await unheldObjects()));
  await apply(namespace(held, tenantLabels(held)), ...(await withoutDefences([held, unheld, "beta"])));
  await Promise.all(
    Object.entries({ tenants: askTenants, "without-defences": askDefenceless }).map(([name, ask]) =>
      until(
        `Prometheus ${name} to scrape ${held}`,
        420,
        async () => (await ask(`up{via="${control}"} == 1`)).length > 0,
        3,
      ),
    ),
  );
}

export async function tearDown(): Promise<void> {
  await Promise.all([endMetadataService(), remove(...removed)]);
}

/** Series that must come: what brings none has not been tried yet. */
export const some = (ask: Ask, query: string): Promise<Vector> =>
  until(
    `series of ${query}`,
    420,
    async () => {
      const found = await ask(query);
      return found.length > 0 ? found : undefined;
    },
    3,
  );
