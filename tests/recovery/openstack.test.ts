/** Keystone and Swift come up again, whatever of an earlier run is left. */
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { end } from "../../toolchain/cluster/processes";
import { ask } from "../../toolchain/openstack/api";
import { processes } from "../../toolchain/openstack/running";
import { readAccess, startOpenStack, stopOpenStack } from "../../toolchain/openstack/services";
import { folders, network, run, urls } from "../../toolchain/openstack/settings";
import { must } from "../../toolchain/shell";

jest.setTimeout(300_000);

const kill = (name: string): Promise<void> =>
  end(
    [processes.record(name)?.pid ?? 0].filter((pid) => pid > 0),
    0,
  );

const damages: readonly [string, () => Promise<void>][] = [
  ["nothing happened", async () => undefined],
  ["Keystone was killed", () => kill("keystone")],
  ["a server of Swift was killed", () => kill("swift-object")],
  [
    "the network went, and the processes stayed",
    () => must("ip", ["netns", "del", network.namespace]).then(() => undefined),
  ],
  ["the link went", () => must("ip", ["link", "del", network.hostLink]).then(() => undefined)],
  ["nobody recorded the processes", async () => rmSync(run.root, { recursive: true })],
  ["the state went", async () => rmSync(folders.state, { recursive: true })],
  [
    "the records are of processes long gone",
    async () => {
      await stopOpenStack();
      for (const name of ["keystone", "swift-proxy"]) {
        await must("mkdir", ["-p", run.processes]);
        writeFileSync(
          join(run.processes, `${name}.json`),
          JSON.stringify({ pid: 1, started: "0", digest: "" }),
        );
      }
    },
  ],
];

beforeAll(async () => void (await startOpenStack()));
afterAll(stopOpenStack);

test.each(damages)("after %s", async (_, damage) => {
  await damage();
  await startOpenStack();
  const ca = readAccess().caFile;
  expect(readdirSync(run.processes)).toHaveLength(6);
  for (const url of [urls.keystone, `${urls.swift}/healthcheck`]) {
    expect((await ask(await must("cat", [ca]), "GET", url)).status).toBe(200);
  }
});
