/** Thanos with a bucket: Prometheus and sidecar that write, store and query that read, and tools that look into it. */
import type { ChildProcess } from "node:child_process";
import { mkdirSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { freePort } from "../../toolchain/freePort";
import { openMetrics, type Samples } from "./openMetrics";
import type { Programs } from "./programs";

const local = (port: number): string => `127.0.0.1:${port}`;

export class Thanos {
  private readonly bucket: string;

  /** `folder` is for data, `config` the path of `objstore.yml`. */
  constructor(
    private readonly programs: Programs,
    private readonly folder: string,
    config: string,
  ) {
    this.bucket = `--objstore.config-file=${config}`;
  }

  /** A Prometheus that has blocks with these samples, and a sidecar that uploads them. Gives the sidecar's address. */
  async write(samples: readonly Samples[]): Promise<string> {
    const data = this.in("prometheus");
    const text = join(this.folder, "samples.om");
    writeFileSync(text, openMetrics(samples));
    await this.programs.once("promtool", [
      "tsdb",
      "create-blocks-from",
      "openmetrics",
      "--quiet",
      text,
      data,
    ]);
    const config = join(this.folder, "prometheus.json");
    writeFileSync(
      config,
      JSON.stringify({ global: { external_labels: { prometheus: "test", replica: "0" } } }),
    );
    const prometheus = local(await freePort());
    await this.programs.start(
      "prometheus",
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${data}`,
        `--web.listen-address=${prometheus}`,
        // As with every sidecar, Prometheus leaves compaction to the compactor.
        "--storage.tsdb.min-block-duration=2h",
        "--storage.tsdb.max-block-duration=2h",
        "--storage.tsdb.retention.time=30d",
      ],
      `http://${prometheus}/-/ready`,
    );
    const http = local(await freePort());
    await this.programs.start(
      "thanos",
      [
        "sidecar",
        `--prometheus.url=http://${prometheus}`,
        `--tsdb.path=${data}`,
        `--http-address=${http}`,
        `--grpc-address=${local(await freePort())}`,
        this.bucket,
      ],
      `http://${http}/-/ready`,
    );
    return http;
  }

  /** Uploads a block whose chunks were made so large with nothing. */
  async upload({ chunkBytes }: { readonly chunkBytes: number }): Promise<Block> {
    const blocks = this.in("large");
    const text = join(this.folder, "large.om");
    const from = Math.floor(Date.now() / 7_200_000) * 7200 - 7200;
    writeFileSync(text, openMetrics([{ metric: "moat_large", labels: {}, from, step: 60, count: 10 }]));
    const fromText = ["tsdb", "create-blocks-from", "openmetrics", "--quiet", text, blocks];
    await this.programs.once("promtool", fromText);
    const [ulid = ""] = readdirSync(blocks);
    truncateSync(join(blocks, ulid, "chunks/000001"), chunkBytes);
    const label = '--label=replica="large"';
    const upload = ["tools", "bucket", "upload-blocks", `--path=${blocks}`, label, this.bucket];
    await this.programs.once("thanos", upload);
    const found = (await this.blocks()).find((b) => b.ulid === ulid);
    if (found === undefined) throw new Error(`${ulid} is not in the bucket`);
    return found;
  }

  /** Asks with a fresh store gateway, that has the bucket alone to answer from. */
  async read(query: string, time: number): Promise<Record<string, number>> {
    const [store, http, grpc] = [await freePort(), await freePort(), await freePort()].map(local);
    const started: ChildProcess[] = [];
    try {
      const storeHttp = local(await freePort());
      started.push(
        await this.programs.start(
          "thanos",
          [
            "store",
            `--data-dir=${this.in(`store-${store}`)}`,
            `--grpc-address=${store}`,
            `--http-address=${storeHttp}`,
            this.bucket,
          ],
          `http://${storeHttp}/-/ready`,
        ),
      );
      started.push(
        await this.programs.start(
          "thanos",
          ["query", `--endpoint-strict=${store}`, `--grpc-address=${grpc}`, `--http-address=${http}`],
          `http://${http}/-/ready`,
        ),
      );
      const parameters = new URLSearchParams({ query, time: String(time), partial_response: "false" });
      const answer = await fetch(`http://${http}/api/v1/query?${parameters}`);
      const { data } = answers.parse(await answer.json());
      return Object.fromEntries(
        data.result.map(({ metric, value }) => [metric.series ?? "", Number(value[1])]),
      );
    } finally {
      for (const child of started) await this.programs.stop(child);
    }
  }

  /** Compacts what can be, and removes at once what that replaces. */
  compact(): Promise<string> {
    return this.programs.once("thanos", [
      "compact",
      `--data-dir=${this.in("compact")}`,
      "--http-address=127.0.0.1:0",
      // Blocks of a test are seconds old, and nobody reads what is replaced.
      "--consistency-delay=0s",
      "--delete-delay=0s",
      this.bucket,
    ]);
  }

  async blocks(): Promise<Block[]> {
    // A log goes to the same place, between the lines of an object: only errors are wanted of it.
    const said = await this.programs.once("thanos", [
      "tools",
      "bucket",
      "ls",
      "--output=json",
      "--log.level=error",
      this.bucket,
    ]);
    return (said.match(/^\{$[\s\S]*?^\}$/gm) ?? []).map((text) => block.parse(JSON.parse(text)));
  }

  private in(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(path, { recursive: true });
    return path;
  }
}

const block = z.object({
  ulid: z.string(),
  minTime: z.number(),
  maxTime: z.number(),
  stats: z.object({ numSamples: z.number(), numSeries: z.number() }),
  compaction: z.object({ level: z.number() }),
});
export type Block = z.output<typeof block>;

const answers = z.object({
  status: z.literal("success"),
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});
