/** Dashboards: every expression is PromQL, asks the tenant's own source, and names no namespace. */
import { spawnSync } from "node:child_process";
import { z } from "zod";
import { dashboards } from "../../../components/grafana/dashboards/overview";
import { dataSourceUid } from "../../../components/grafana/provisioning";
import { tenantLabel } from "../../../components/names";
import { program } from "../../../toolchain/paths";
import { testWith } from "../../support/tools";

const promtool = program("promtool");

const ref = z.object({ type: z.string(), uid: z.string() });
const target = z.looseObject({ datasource: ref.optional(), expr: z.string(), refId: z.string() });
const panel = z.looseObject({
  type: z.string(),
  title: z.string(),
  description: z.string().optional(),
  datasource: ref.optional(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(target).default([]),
});
const dashboard = z.looseObject({
  uid: z.string(),
  title: z.string(),
  editable: z.boolean(),
  panels: z.array(panel),
  templating: z.object({
    list: z.array(
      z.looseObject({
        name: z.string(),
        datasource: ref,
        query: z.object({ query: z.string() }),
      }),
    ),
  }),
});

/** As they stand in the files. */
const written = Object.entries(dashboards()).map(([file, made]) => ({
  file,
  ...dashboard.parse(JSON.parse(JSON.stringify(made))),
}));

/** What Grafana puts in before it asks. */
const filledIn = (expr: string): string =>
  expr.replaceAll("$__rate_interval", "2m").replaceAll(/\$(namespace|job)\b/g, ".+");

/** The matchers in what a variable asks for: `label_values(up{job="x"}, job)`. */
const selectorOf = (query: string): string => /^label_values\((.+), \w+\)$/.exec(query)?.[1] ?? query;

const expressions = written.flatMap(({ panels, templating }) => [
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
  ...templating.list.map(({ name, query }) => [`$${name}`, selectorOf(query.query)] as const),
]);

testWith("promtool").each(expressions)("%s asks PromQL", (_, expr) => {
  const formatted = spawnSync(promtool, ["--experimental", "promql", "format", filledIn(expr)], {
    encoding: "utf8",
  });
  expect(formatted.stderr).toBe("");
  expect(formatted.status).toBe(0);
});

test.each(expressions)("%s asks for no namespace but those that are chosen", (_, expr) => {
  const asked = [...expr.matchAll(new RegExp(`\\b${tenantLabel}\\s*(=~|!~|!=|=)\\s*"([^"]*)"`, "g"))];
  for (const [, operator, value] of asked) expect([operator, value]).toEqual(["=~", "$namespace"]);
});

test("every panel, query and variable asks the source that is in every organisation", () => {
  const wanted = { type: "prometheus", uid: dataSourceUid };
  for (const { panels, templating } of written) {
    for (const { datasource } of templating.list) expect(datasource).toEqual(wanted);
    for (const { type, datasource, targets } of panels.filter((p) => p.type !== "row")) {
      expect([type, datasource]).toEqual([type, wanted]);
      expect(targets.length).toBeGreaterThan(0);
      for (const t of targets) expect(t.datasource).toEqual(wanted);
    }
  }
});

test("every panel says what it shows, and none lies over another", () => {
  for (const { panels } of written) {
    for (const { type, title, description } of panels)
      expect([title, type === "row" || (description ?? "") !== ""]).toEqual([title, true]);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  }
});

test("files and their ids are each used once, and nobody edits them", () => {
  expect(new Set(written.map(({ uid }) => uid)).size).toBe(written.length);
  for (const { file, editable } of written) {
    expect(file).toMatch(/^[a-z-]+\.json$/);
    expect(editable).toBe(false);
  }
});
