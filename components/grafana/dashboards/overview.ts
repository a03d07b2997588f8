/**
 * The dashboard that every tenant finds in its organisation: what of it is scraped, what that costs, which alerts fire, and what every Go,
 * Python or Java program tells of itself. Its expressions name no namespace: the read gateway puts the tenant's own into each.
 */
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { dataSourceUid } from "../provisioning";

const source = { type: "prometheus", uid: dataSourceUid };

/** What the two variables at the top leave over. */
const chosen = 'namespace=~"$namespace",job=~"$job"';

/** Fires and is well: alerts that are there to show that alerts work. */
const firing = `ALERTS{alertstate="firing",severity!="none",namespace=~"$namespace"}`;

const query = (expr: string, legend: string) =>
  new DataqueryBuilder().refId("A").datasource(source).expr(expr).legendFormat(legend).range();

const now = (expr: string) => new DataqueryBuilder().refId("A").datasource(source).expr(expr).instant();

/** Grafana's grid has 24 columns. */
const half = 12;
const quarter = 6;

const number = (title: string, description: string, expr: string) =>
  new StatBuilder()
    .title(title)
    .description(description)
    .datasource(source)
    .withTarget(now(expr))
    .span(quarter)
    .height(4)
    .noValue("0");

const badAbove = (limit: number) =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { value: null, color: "green" },
    { value: limit, color: "red" },
  ]);

const lines = (title: string, description: string, unit: string, expr: string, legend: string) =>
  new TimeseriesBuilder()
    .title(title)
    .description(description)
    .datasource(source)
    .unit(unit)
    .min(0)
    .withTarget(query(expr, legend))
    .span(half)
    .height(8);

const list = (title: string, description: string, expr: string) =>
  new TableBuilder()
    .title(title)
    .description(description)
    .datasource(source)
    .withTarget(now(expr).format(PromQueryFormat.Table))
    .withTransformation({
      id: "organize",
      options: { excludeByName: { Time: true, Value: true, __name__: true, alertstate: true } },
    })
    .span(half)
    .height(8);

const choice = (name: string, label: string, from: string) =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(source)
    .query({ query: from, refId: name })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(".+")
    .current({ text: ["All"], value: ["$__all"] });

export const overview = (): Dashboard =>
  new DashboardBuilder("Overview")
    .uid("overview")
    .description("What of this organisation is scraped, and how it fares.")
    .tags(["platform"])
    .time({ from: "now-3h", to: "now" })
    .refresh("1m")
    .timezone("browser")
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .withVariable(choice("namespace", "Namespace", "label_values(up, namespace)"))
    .withVariable(choice("job", "Job", 'label_values(up{namespace=~"$namespace"}, job)'))
    .withPanel(number("Targets up", "Targets that answered the last scrape.", `sum(up{${chosen}})`))
    .withPanel(
      number(
        "Targets down",
        "Targets that did not answer, or brought more than they may.",
        `count(up{${chosen}} == 0)`,
      ).thresholds(badAbove(1)),
    )
    .withPanel(
      number("Alerts firing", "By this organisation's own rules.", `count(${firing})`).thresholds(
        badAbove(1),
      ),
    )
    .withPanel(
      number(
        "Series",
        "Samples of one scrape of every target, after relabelling.",
        `sum(scrape_samples_post_metric_relabeling{${chosen}})`,
      ).unit("short"),
    )
    .withRow(new RowBuilder("To look at"))
    .withPanel(list("Down", "Targets that do not answer.", `up{${chosen}} == 0`))
    .withPanel(list("Alerts", "Alerts that fire.", firing))
    .withRow(new RowBuilder("Scrapes"))
    .withPanel(
      lines(
        "Targets up by job",
        "A line that falls is a copy that went away.",
        "none",
        `sum by (namespace, job) (up{${chosen}})`,
        "{{namespace}} {{job}}",
      ),
    )
    .withPanel(
      lines(
        "Samples of a scrape",
        "Above the platform's limit a scrape fails whole.",
        "short",
        `max by (namespace, job) (scrape_samples_post_metric_relabeling{${chosen}})`,
        "{{namespace}} {{job}}",
      ),
    )
    .withPanel(
      lines(
        "Time of a scrape",
        "How long the slowest target of a job takes to answer.",
        "s",
        `max by (namespace, job) (scrape_duration_seconds{${chosen}})`,
        "{{namespace}} {{job}}",
      ),
    )
    .withPanel(
      lines(
        "New series of a scrape",
        "Many, for long: a label takes ever new values.",
        "short",
        `max by (namespace, job) (scrape_series_added{${chosen}})`,
        "{{namespace}} {{job}}",
      ),
    )
    .withRow(new RowBuilder("Programs"))
    .withPanel(
      lines(
        "CPU",
        "Cores that each pod uses, where the program tells.",
        "none",
        `sum by (namespace, pod) (rate(process_cpu_seconds_total{${chosen}}[$__rate_interval]))`,
        "{{namespace}} {{pod}}",
      ),
    )
    .withPanel(
      lines(
        "Memory",
        "Resident memory of each pod, where the program tells.",
        "bytes",
        `sum by (namespace, pod) (process_resident_memory_bytes{${chosen}})`,
        "{{namespace}} {{pod}}",
      ),
    )
    .build();

/** Dashboards by the name of their file. */
export const dashboards = (): Record<string, Dashboard> => ({ "overview.json": overview() });
