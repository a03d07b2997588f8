/** Every alert of the platform: well formed, explained in the runbook, and tried with series that make it fire and series that do not. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { platformRules } from "../../../components/metrics/selfMonitoring";
import { program } from "../../../toolchain/paths";
import { environment } from "../../support/environment";
import { testWith } from "../../support/tools";

const promtool = program("promtool");
const withPromtool = testWith("promtool");
const testFolder = join(__dirname, "../../rules");
const testFiles = readdirSync(testFolder).filter((file) => file.endsWith(".test.yaml"));

const ruleFile = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.looseObject({
          alert: z.string().optional(),
          expr: z.string(),
          labels: z.looseObject({ severity: z.string().optional() }).optional(),
          annotations: z
            .object({ summary: z.string(), description: z.string(), runbook_url: z.string() })
            .optional(),
        }),
      ),
    }),
  ),
});

const testFile = z.object({
  tests: z.array(
    z.object({
      promql_expr_test: z.array(z.object({ expr: z.string(), exp_samples: z.array(z.unknown()) })),
    }),
  ),
});

/** Has every alert that some environment has. */
const everything = environment({
  edge: {
    domain: "moat.example",
    tls: { kind: "acme", email: "ops@example.org", challenge: { type: "http01" } },
  },
  dns: { kind: "externalDns", install: { zoneId: "Z0123456789", identity: { type: "accessKey" } } },
  grafana: {
    kind: "inCluster",
    database: { kind: "postgres", host: "postgres.example.org", cidrs: ["10.0.0.0/24"] },
  },
});

let folder: string;
let rules: z.infer<typeof ruleFile>["groups"][number]["rules"];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "moat-rules-"));
  const groups = platformRules({
    config: everything,
    certificates: { "read-gateway": "1970-03-02T00:00:00Z" },
  });
  const content = ruleFile.parse(await resolved(pulumi.output({ groups })));
  rules = content.groups.flatMap((group) => group.rules);
  writeFileSync(join(folder, "rules.yaml"), stringify(content));
  for (const file of testFiles) copyFileSync(join(testFolder, file), join(folder, file));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const resolved = <T>(value: pulumi.Output<T>): Promise<T> => new Promise((resolve) => value.apply(resolve));

const run = (...args: string[]): string =>
  execFileSync(promtool, args, { cwd: folder, encoding: "utf8", stdio: "pipe" });

withPromtool("promtool accepts every rule", () => {
  expect(run("check", "rules", "--lint=all", "--lint-fatal", "rules.yaml")).toContain("SUCCESS");
});

withPromtool.each(testFiles)("%s", (file) => {
  expect(run("test", "rules", file)).toContain("SUCCESS");
});

test("every alert is tried firing and not firing", () => {
  const asked = testFiles.flatMap((file) =>
    testFile
      .parse(parse(readFileSync(join(testFolder, file), "utf8")))
      .tests.flatMap((t) =>
        t.promql_expr_test.map((q) => ({ expr: q.expr, fires: q.exp_samples.length > 0 })),
      ),
  );
  const alerts = rules.flatMap((rule) => rule.alert ?? []);
  const untried = [true, false].flatMap((fires) =>
    alerts
      .filter((alert) => !(alert === "AlwaysFiring" && !fires))
      .filter((alert) => !asked.some((q) => q.fires === fires && q.expr.includes(`alertname="${alert}"`)))
      .map((alert) => `${alert} ${fires ? "firing" : "not firing"}`),
  );
  expect(untried).toEqual([]);
});

test("every alert has a severity and a section in the runbook", () => {
  const runbook = readFileSync(join(__dirname, "../../../docs/runbooks/alerts.md"), "utf8");
  for (const { alert, labels, annotations } of rules.filter((rule) => rule.alert !== undefined)) {
    expect(labels?.severity).toMatch(/^(critical|warning|info|none)$/);
    expect(annotations?.summary).not.toBe("");
    expect(annotations?.runbook_url).toBe(`docs/runbooks/alerts.md#${alert?.toLowerCase()}`);
    expect(runbook).toContain(`## ${alert}\n`);
  }
});
