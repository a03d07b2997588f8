import { setTimeout as delay } from "node:timers/promises";
import type { Cluster } from "../support/cluster";
import { configMap, deployment, json, skipAwait } from "../support/programs";

const opts = "const opts = {};\n";
/** In seconds: long enough for the reason to be seen on a busy machine. */
const brief = (seconds: number) =>
  `{ customTimeouts: { create: "${seconds}s", update: "${seconds}s", delete: "${seconds}s" } }`;

const condition = (type: string, status: string, more: object = {}) => ({
  type,
  status,
  lastTransitionTime: "2020-01-01T00:00:00Z",
  ...more,
});

const container = (state: object, ready: boolean, more: object = {}) => ({
  name: "main",
  image: "x",
  imageID: "x",
  ready,
  restartCount: 0,
  state,
  ...more,
});

const running = {
  phase: "Running",
  conditions: [condition("Ready", "True"), condition("ContainersReady", "True")],
  containerStatuses: [container({ running: { startedAt: "2020-01-01T00:00:00Z" } }, true)],
};

const pullFails = {
  phase: "Pending",
  conditions: [condition("Ready", "False")],
  containerStatuses: [
    container({ waiting: { reason: "ImagePullBackOff", message: "no such image" } }, false),
  ],
};

const crashes = {
  phase: "Running",
  conditions: [condition("Ready", "False")],
  containerStatuses: [
    container({ waiting: { reason: "CrashLoopBackOff" } }, false, {
      lastState: { terminated: { exitCode: 3, reason: "Error", message: "flag not known" } },
    }),
  ],
};

const unschedulable = {
  phase: "Pending",
  conditions: [
    condition("PodScheduled", "False", { reason: "Unschedulable", message: "no node has enough memory" }),
  ],
};

export function rollouts(cluster: Cluster): void {
  /** Gives all pods a status, as a node would, as long as the command runs. */
  const withPods = async <T>(
    ns: string,
    selector: string,
    status: object,
    command: Promise<T>,
  ): Promise<T> => {
    let over = false;
    const kubelet = async (): Promise<void> => {
      const names = await cluster.waitFor("pod", ns, selector);
      for (const name of over ? [] : names) {
        await cluster.patch("pod", ns, name, { status }, "--subresource=status").catch(() => {});
      }
    };
    const acting = (async () => {
      while (!over) {
        await kubelet().catch(() => {});
        await delay(200);
      }
    })();
    return command.finally(() => {
      over = true;
      return acting;
    });
  };

  test("waits until the pods of a deployment are ready", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    await withPods(ns, "app=web", running, stack.up(opts + deployment({ namespace: ns, replicas: 2 })));
    expect(await cluster.get("deployment", ns, "web")).toMatchObject({ status: { availableReplicas: 2 } });
    await stack.close();
  });

  test.each([
    ["an image that cannot be pulled", pullFails, /container main: ImagePullBackOff: no such image/],
    ["a crash", crashes, /container main: CrashLoopBackOff, it ended with exit code 3: flag not known/],
    ["a pod that no node takes", unschedulable, /Unschedulable: no node has enough memory/],
  ])("tells the pod's own reason, while it waits and when it gives up: %s", async (_, status, reason) => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program = deployment({ namespace: ns }, brief(8));
    const failed = await withPods(ns, "app=web", status, stack.failing("up", program));
    const error = failed.messages.filter((m) => m.startsWith("error")).join("\n");
    expect(error).toMatch(/Deployment t-\w+\/web is not ready after \d+s/);
    expect(error).toMatch(reason);
    expect(failed.messages.filter((m) => m.startsWith("info")).join("\n")).toMatch(reason);
    await stack.close();
  });

  test("keeps what failed half way in the state, and the next update finishes it", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program = deployment({ namespace: ns }, brief(6));
    await stack.failing("up", program);
    const [kept] = await stack.resources();
    expect(kept?.id).toBe(`${ns}/web`);
    expect(kept?.initErrors).toHaveLength(1);
    const finished = await withPods(ns, "app=web", running, stack.up(program));
    expect(finished.steps).toEqual(["update kubernetes:apps/v1:Deployment web"]);
    expect((await stack.resources())[0]?.initErrors).toBeUndefined();
    await stack.preview(program, "--expect-no-changes");
    await stack.close();
  });

  test("what a killed run has made is taken for somebody else's", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program = deployment({ namespace: ns }, "{}");
    stack.program(program);
    const killed = stack.start(["up", "--yes", "--skip-preview", "--stack", "test"]);
    await cluster.waitFor("pod", ns, "app=web");
    const dead = new Promise((resolve) => killed.once("exit", resolve));
    killed.kill("SIGKILL");
    await dead;
    await stack.cancel();
    for (const _ of [1, 2]) {
      const refused = await stack.failing("up", program);
      expect(refused.messages.join("\n")).toMatch(/Deployment .*\/web is there already/);
    }
    await stack.close();
  });

  test("an annotation that cannot be read fails the create after the object was made, and the state does not know it", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const program = (wanted: string) =>
      `const opts = {};\n${configMap(ns, {}, { name: "c", annotations: { "pulumi.com/waitFor": wanted } })}`;
    const kubectls = "jsonpath={.data.one\\.two}";
    expect((await stack.failing("up", program(kubectls))).messages.join("\n")).toMatch(/waitFor/);
    expect(await cluster.get("configmap", ns, "c")).toBeDefined();
    expect(await stack.resources()).toEqual([]);
    const again = await stack.failing("up", program("jsonpath={.metadata.name}"));
    expect(again.messages.join("\n")).toMatch(/there already/);
    await stack.close();
  });

  test("does not wait when told so, nor for claims that wait for their first pod, nor for services", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
    await stack.up(`${opts}${deployment({ namespace: ns, annotations: skipAwait })}
      const late = new k8s.storage.v1.StorageClass("late", { metadata: { name: "${ns}" }, provisioner: "moat.dev/none",
        volumeBindingMode: "WaitForFirstConsumer" });
      new k8s.core.v1.PersistentVolumeClaim("late", { metadata: { name: "late", namespace: "${ns}" },
        spec: { ...${json(claim)}, storageClassName: late.metadata.name } });
      new k8s.core.v1.Service("s", { metadata: { name: "s", namespace: "${ns}" }, spec: { ports: [{ port: 80 }], selector: { a: "b" } } });`);
    await stack.close();
  });

  test("waits for a job to complete, and fails at once when it fails", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    const job = (
      name: string,
    ) => `new k8s.batch.v1.Job("${name}", { metadata: { name: "${name}", namespace: "${ns}" },
      spec: { backoffLimit: 0, template: { spec: { restartPolicy: "Never", nodeSelector: { none: "1" },
        containers: [{ name: "main", image: "none.invalid/a" }] } } } });`;
    const ended = (phase: string, exitCode: number) => ({
      phase,
      containerStatuses: [container({ terminated: { exitCode } }, false)],
    });
    const succeeded = ended("Succeeded", 0);
    await withPods(ns, "job-name=good", succeeded, stack.up(job("good")));
    const program = job("good") + job("bad");
    const failed = await withPods(ns, "job-name=bad", ended("Failed", 7), stack.failing("up", program));
    expect(failed.messages.join("\n")).toMatch(/Job .*\/bad is not ready.*BackoffLimitExceeded/);
    await stack.close();
  });

  test("an interrupt ends the waiting", async () => {
    const ns = await cluster.namespace();
    const stack = await cluster.stack();
    stack.program(deployment({ namespace: ns }, "{}"));
    const running = stack.start(["up", "--yes", "--skip-preview", "--stack", "test"]);
    await cluster.waitFor("pod", ns, "app=web");
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill("SIGINT");
    await ended;
    expect((await stack.resources())[0]?.id).toBe(`${ns}/web`);
    await stack.close();
    // Shorter than the limit at which the run itself would be ended, which looks the same.
  }, 300_000);
}
