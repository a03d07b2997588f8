/** Scrapes that break one limit each. */
import { ports } from "../../../components/names";
import type { KubernetesObject } from "../../support/live/kubectl";
import { settings } from "../../support/live/settings";
import { type Page, pagePath } from "./forger";
import { monitor, probe } from "./monitors";

export interface Excess {
  readonly name: string;
  readonly via: string;
  readonly page: Page;
  /** Metric that comes where no limit holds. */
  readonly metric: string;
}

const { limits } = settings.metrics;

export const excesses: readonly Excess[] = [
  { name: `more than ${limits.samples} samples`, via: "limit-bomb", page: "bomb", metric: "bomb_total" },
  { name: `a body above ${limits.bodySize}`, via: "limit-body", page: "huge", metric: "huge_total" },
  { name: `more than ${limits.labels} labels`, via: "limit-labels", page: "wide", metric: "wide_total" },
  { name: "a label with too long a name", via: "limit-name", page: "longName", metric: "long_name_total" },
  {
    name: "a label with too long a value",
    via: "limit-value",
    page: "longValue",
    metric: "long_value_total",
  },
];

/** One scrape job of too many targets. */
export const crowd: Excess = {
  name: `more than ${limits.targets} targets`,
  via: "limit-targets",
  page: "small",
  metric: "small_total",
};

/** Large pages are asked for less often than others. */
const seldom = { interval: "15s", scrapeTimeout: "10s" };

export const limitMonitors = (namespace: string, app: string): KubernetesObject[] => [
  ...excesses.map(({ via, page }) => monitor(namespace, app, via, { path: pagePath(page), ...seldom })),
  probe(
    namespace,
    crowd.via,
    { url: `${app}.${namespace}.svc:${ports.nodeExporter}`, path: pagePath(crowd.page) },
    Array.from({ length: limits.targets + 20 }, (_, i) => `target-${i}`),
    seldom,
  ),
];

/** A target that says itself when its samples are from. */
export const stamped = (namespace: string, app: string): KubernetesObject =>
  monitor(namespace, app, "stamped", { path: pagePath("stamped"), honorTimestamps: true });
