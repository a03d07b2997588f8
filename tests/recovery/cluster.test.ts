/**
 * The toolchain recovers from whatever is killed or removed. It breaks the environment on purpose, so `make recovery` runs it, not
 * `make test`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { readChoice } from "../../toolchain/cluster/choice";
import { processes } from "../../toolchain/cluster/embedded";
import { kubectl, tryKubectl } from "../../toolchain/cluster/kubectl";
import { clients } from "../../toolchain/cluster/programs";
import { network, run as runtime } from "../../toolchain/cluster/settings";
import { root } from "../../toolchain/paths";
import { run, sleep } from "../../toolchain/shell";
import { make } from "../support/live/make";
import { describeOn } from "../support/tools";

const minutes = 60_000;
const embedded = describeOn(readChoice()?.kind === "embedded", "the embedded cluster");

async function mustMake(command: string): Promise<string> {
  const result = await make(command);
  if (result.code !== 0) throw new Error(`make ${command}: ${result.stderr.slice(-3000)}`);
  return result.stdout;
}

embedded("recovery", () => {
  const marker = async (): Promise<string> =>
    (await tryKubectl("get", "configmap", "marker", "-o", "jsonpath={.data.is}")).stdout;
  const everyProgram = ["containerd", "etcd", "kube-apiserver", ...clients().map((c) => c.name), "forward"];

  beforeEach(async () => {
    // What one test could not mend is not the next one's failure.
    if ((await tryKubectl("get", "--raw", "/readyz", "--request-timeout=5s")).code !== 0)
      await mustMake("up");
    await tryKubectl("delete", "configmap", "marker", "--ignore-not-found");
    await kubectl("create", "configmap", "marker", "--from-literal=is=there");
  }, 5 * minutes);

  async function expectWhole(): Promise<void> {
    await mustMake("up");
    expect(everyProgram.filter((name) => !processes.alive(name))).toEqual([]);
    const answer = await make("query", { TENANT: "alpha", Q: "count(up)" });
    expect(answer.stdout).toMatch(/value\n\d/);
  }

  function kill(names: readonly string[]): void {
    for (const name of names) {
      const record = processes.record(name);
      if (record !== undefined && processes.alive(name)) process.kill(record.pid, "SIGKILL");
    }
  }

  test.each([
    ["the API server", ["kube-apiserver"]],
    ["the store of the API", ["etcd"]],
    ["the container runtime", ["containerd"]],
    ["the agents of the node", ["kubelet", "netpol", "volumes", "forward"]],
    ["everything at once", everyProgram],
  ])(
    "%s killed: the next make up mends it and keeps the data",
    async (_, names) => {
      kill(names);
      await expectWhole();
      expect(await marker()).toBe("there");
    },
    5 * minutes,
  );

  test(
    "network namespace removed under everything",
    async () => {
      await run("ip", ["netns", "del", network.namespace]);
      await run("ip", ["link", "del", network.hostLink]);
      await expectWhole();
      expect(await marker()).toBe("there");
    },
    5 * minutes,
  );

  test(
    "records of processes lost while these run",
    async () => {
      for (const records of [runtime.processes, runtime.owner]) rmSync(records, { recursive: true });
      await expectWhole();
      expect(await marker()).toBe("there");
    },
    5 * minutes,
  );

  test(
    "make up killed at random points, with all its children, is finished by the next one",
    async () => {
      await mustMake("down");
      for (let round = 0; round < 4; round++) {
        const victim = spawn(process.execPath, ["--import", "tsx", "toolchain/cli.ts", "up"], {
          cwd: root,
          detached: true,
          stdio: "ignore",
        });
        await Promise.race([ended(victim), sleep(1000 + Math.random() * 25_000)]);
        if (victim.pid !== undefined && victim.exitCode === null) process.kill(-victim.pid, "SIGKILL");
        if (round % 2 === 1) kill(everyProgram.filter(() => Math.random() < 0.5));
      }
      await expectWhole();
    },
    10 * minutes,
  );
});

const ended = (child: ChildProcess): Promise<void> => new Promise((done) => child.once("exit", () => done()));
