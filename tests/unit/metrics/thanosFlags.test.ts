/** Command lines of the Thanos programs, by table; and every flag exists in the program itself. */
import { spawnSync } from "node:child_process";
import type { Input } from "@pulumi/pulumi";
import { parse } from "yaml";
import { compactArgs } from "../../../components/metrics/thanos/compact";
import { partOf, withExtraMemory } from "../../../components/metrics/thanos/memory";
import { queryArgs } from "../../../components/metrics/thanos/query";
import { queryFrontendArgs } from "../../../components/metrics/thanos/queryFrontend";
import { storeArgs } from "../../../components/metrics/thanos/store";
import { program } from "../../../toolchain/paths";
import { settled } from "../../support/settled";
import { describeWith } from "../../support/tools";

const flagOf = (args: readonly string[], flag: string): string | undefined =>
  args.find((arg) => arg.startsWith(`--${flag}=`))?.slice(flag.length + 3);

const query = queryArgs({ queryTimeout: "90s", queryConcurrency: 7 }, ["dnssrv+_grpc._tcp.a.n.svc", "b:1"]);
const store = storeArgs("4Gi");
const retention = { raw: "30d", fiveMinutes: "60d", oneHour: "90d" };
const frontend = (host: Input<string> = "thanos-query.n.svc") =>
  settled(queryFrontendArgs({ splitInterval: "12h", cacheSize: "64Mi" }, host));

test.each([
  ["query.replica-label", "prometheus_replica"],
  ["query.timeout", "90s"],
  ["store.response-timeout", "45s"],
  ["query.max-concurrent", "7"],
  ["query.default-tenant-id", "_nobody"],
  ["http-address", "0.0.0.0:10902"],
  ["grpc-address", "0.0.0.0:10901"],
])("query: --%s=%s", (flag, value) => expect(flagOf(query, flag)).toBe(value));

test("query asks every endpoint, none of them strictly", () => {
  expect(parse(flagOf(query, "endpoint.sd-config") ?? "")).toEqual({
    endpoints: [{ address: "dnssrv+_grpc._tcp.a.n.svc" }, { address: "b:1" }],
  });
});

test.each([
  "--query.partial-response",
  "--query.auto-downsampling",
  "--enable-auto-gomemlimit",
  "--web.disable-cors",
])("query: %s", (flag) => expect(query).toContain(flag));

test.each([
  ["query-frontend.downstream-url", "http://thanos-query.n.svc:10902"],
  ["query-range.split-interval", "12h"],
])("query frontend: --%s=%s", async (flag, value) => expect(flagOf(await frontend(), flag)).toBe(value));

test("query frontend keeps answers in memory", async () => {
  const args = await frontend();
  expect(parse(flagOf(args, "query-range.response-cache-config") ?? "")).toEqual({
    type: "IN-MEMORY",
    config: { max_size: "64MiB", validity: "0s" },
  });
});

test.each([
  ["512Mi", "153MiB"],
  ["4Gi", "1228MiB"],
  // Never below the size that Thanos accepts.
  ["256Mi", "128MiB"],
])("store with %s of memory gives %s to its index cache", (limit, size) => {
  expect(flagOf(storeArgs(limit), "index-cache-size")).toBe(size);
});

test.each([
  ["retention.resolution-raw", "30d"],
  ["retention.resolution-5m", "60d"],
  ["retention.resolution-1h", "90d"],
  ["compact.concurrency", "2"],
  ["delete-delay", "48h"],
])("compactor: --%s=%s", (flag, value) => expect(flagOf(compactArgs(retention, "medium"), flag)).toBe(value));

test("the compactor waits for new work, downsamples and merges no replicas", () => {
  const args = compactArgs(retention, "small");
  expect(args).toContain("--wait");
  expect(args.filter((arg) => /downsampling.disable|deduplication/.test(arg))).toEqual([]);
});

test("caches come on top of a container's memory", () => {
  const base = { cpu: "1", memory: "100Mi", memoryLimit: "512Mi" };
  expect(withExtraMemory(base, "256Mi", "32Mi")).toEqual({ ...base, memoryLimit: "944Mi" });
  expect(partOf("1Gi", 0.5, 1)).toBe("512MiB");
});

describeWith("thanos")("the program itself", () => {
  const thanos = program("thanos");
  const help = (command: string): string => {
    const { stdout, stderr } = spawnSync(thanos, [command, "--help"], { encoding: "utf8" });
    return stdout + stderr;
  };

  test.each<[string, () => string[] | Promise<string[]>]>([
    ["query", () => query],
    ["query-frontend", () => frontend()],
    ["store", () => store],
    ["compact", () => compactArgs(retention, "large")],
  ])("thanos %s knows every flag, and calls none of them deprecated", async (command, args) => {
    const text = help(command);
    const [first, ...flags] = await args();
    expect(first).toBe(command);
    for (const flag of flags.map((arg) => arg.replace(/=.*/s, "").slice(2))) {
      const section = text
        .split(/\n {2,6}(?:-\w, )?--(?=\S)/)
        .find((part) => part.replace("[no-]", "").startsWith(flag));
      expect([flag, section?.slice(0, 20)]).toEqual([flag, expect.any(String)]);
      expect(section?.toLowerCase()).not.toContain("(deprecated");
    }
  });
});
