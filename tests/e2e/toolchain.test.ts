/** The embedded cluster: walls that hold from a pod's first moment, volumes, secrets encrypted where they are kept. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readChoice } from "../../toolchain/cluster/choice";
import { kubectl, tryKubectl } from "../../toolchain/cluster/kubectl";
import { folders, network } from "../../toolchain/cluster/settings";
import { local, program } from "../../toolchain/paths";
import { run, sleep, waitFor } from "../../toolchain/shell";
import { imageRef, images } from "../../versions";
import { describeOn } from "../support/tools";

const minutes = 60_000;
const namespace = "toolchain-test";
const embedded = describeOn(readChoice()?.kind === "embedded", "the embedded cluster");

async function apply(...objects: object[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  const args = [`--kubeconfig=${local.kubeconfig}`, "apply", "-f", "-"];
  const result = await run(program("kubectl"), args, { input });
  if (result.code !== 0) throw new Error(result.stderr);
}

const config = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "config", namespace },
  data: { "prometheus.yml": "global: {}\n" },
};

const pod = (name: string, args: readonly string[], extra: object = {}, container: object = {}): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace, labels: { app: name.replace(/-\d+$/, "") } },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: "main",
        image: imageRef(images.prometheus),
        command: [...args],
        ports: [{ name: "web", containerPort: 9090 }],
        volumeMounts: [{ name: "config", mountPath: "/config" }],
        ...container,
      },
    ],
    volumes: [{ name: "config", configMap: { name: "config" } }],
    ...extra,
  },
});

const server = ["/bin/prometheus", "--config.file=/config/prometheus.yml", "--storage.tsdb.path=/tmp"];

const policy = (name: string, app: string, spec: object): object => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name, namespace },
  spec: { podSelector: { matchLabels: { app } }, ...spec },
});

const phase = async (name: string): Promise<string> =>
  kubectl("-n", namespace, "get", "pod", name, "-o", "jsonpath={.status.phase}");

/** Whether a pod reaches a url. What is dropped never answers, so the wait is short. */
async function reaches(name: string, url: string): Promise<boolean> {
  const exec = ["exec", "-n", namespace, name, "--", "/bin/promtool", "check", "healthy", `--url=${url}`];
  const { code } = await run("timeout", [
    "3",
    program("kubectl"),
    `--kubeconfig=${local.kubeconfig}`,
    ...exec,
  ]);
  return code === 0;
}

/** Policies act within moments; a wrong verdict that stays is a failure. */
async function expectReach(name: string, url: string, wanted: boolean): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    if ((await reaches(name, url)) === wanted) return;
    await sleep(300);
  }
  throw new Error(`${name} ${wanted ? "does not reach" : "reaches"} ${url}`);
}

embedded("the embedded cluster", () => {
  let address = "";
  const url = (): string => `http://${address}:9090`;
  const service = `http://web.${namespace}.svc.cluster.local`;

  beforeAll(async () => {
    await tryKubectl("delete", "namespace", namespace, "--ignore-not-found", "--wait=true");
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    await apply(config, pod("web", server), pod("client", server), pod("other", server), {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web", namespace },
      spec: { selector: { app: "web" }, ports: [{ port: 80, targetPort: "web" }] },
    });
    await kubectl("-n", namespace, "wait", "--for=condition=Ready", "pod", "--all", "--timeout=60s");
    address = await kubectl("-n", namespace, "get", "pod", "web", "-o", "jsonpath={.status.podIP}");
  }, 3 * minutes);

  afterAll(async () => {
    await tryKubectl("delete", "namespace", namespace, "--ignore-not-found", "--wait=false");
  });

  test(
    "pods reach each other, by address and by name, while there is no policy",
    async () => {
      await expectReach("client", url(), true);
      await expectReach("other", service, true);
    },
    minutes,
  );

  test(
    "a policy closes a pod, and opens it by peer and port name",
    async () => {
      await apply(policy("deny", "web", { policyTypes: ["Ingress"] }));
      await expectReach("client", url(), false);
      const from = [{ podSelector: { matchLabels: { app: "client" } } }];
      await apply(
        policy("allow", "web", { policyTypes: ["Ingress"], ingress: [{ from, ports: [{ port: "web" }] }] }),
      );
      await expectReach("client", service, true);
      await expectReach("other", service, false);
    },
    minutes,
  );

  test(
    "egress holds for blocks with exceptions, and sees pods behind a Service",
    async () => {
      const dns = { to: [{ namespaceSelector: {} }], ports: [{ port: 53, protocol: "UDP" }] };
      const block = { to: [{ ipBlock: { cidr: "10.0.0.0/8", except: [network.pods] } }] };
      await apply(policy("egress", "client", { policyTypes: ["Egress"], egress: [dns, block] }));
      await expectReach("client", service, false);
      const pods = { to: [{ ipBlock: { cidr: network.pods } }], ports: [{ port: 9090 }] };
      await apply(policy("egress", "client", { policyTypes: ["Egress"], egress: [dns, pods] }));
      await expectReach("client", service, true);
    },
    minutes,
  );

  test(
    "probes of the kubelet pass every policy",
    async () => {
      const probe = { readinessProbe: { httpGet: { path: "/-/ready", port: 9090 }, periodSeconds: 1 } };
      await apply(
        pod("probed", server, {}, probe),
        policy("probed", "probed", { policyTypes: ["Ingress", "Egress"] }),
      );
      await kubectl("-n", namespace, "wait", "--for=condition=Ready", "pod/probed", "--timeout=60s");
    },
    2 * minutes,
  );

  test(
    "policies hold for the first process of a pod, and the pod is open at once where they allow it",
    async () => {
      await kubectl("-n", namespace, "delete", "networkpolicy", "allow", "deny");
      await apply(policy("early", "early", { policyTypes: ["Egress"] }));
      // One question within two seconds: an open moment at the start would be enough for an answer.
      const ask = ["/bin/promtool", "check", "healthy", `--url=${url()}`];
      const once = { restartPolicy: "Never", activeDeadlineSeconds: 4 };
      const walled = [1, 2, 3, 4].map((i) => `early-${i}`);
      await apply(
        ...walled.map((name) => pod(name, ask, once)),
        pod("free-1", ask, { ...once, activeDeadlineSeconds: 30 }),
      );
      const over = async (name: string): Promise<boolean> => /Succeeded|Failed/.test(await phase(name));
      for (const name of [...walled, "free-1"]) await waitFor(`end of ${name}`, 60, () => over(name));
      expect(await Promise.all(walled.map(phase))).toEqual(walled.map(() => "Failed"));
      expect(await phase("free-1")).toBe("Succeeded");
    },
    2 * minutes,
  );

  test(
    "a volume is writable for the pod's group, outlives the pod, and goes with its claim",
    async () => {
      const claim = {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "data", namespace },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Mi" } } },
      };
      const mounted = {
        securityContext: { runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 },
        volumes: [
          { name: "config", configMap: { name: "config" } },
          { name: "data", persistentVolumeClaim: { claimName: "data" } },
        ],
      };
      const writes = {
        volumeMounts: [
          { name: "config", mountPath: "/config" },
          { name: "data", mountPath: "/data" },
        ],
        readinessProbe: { httpGet: { path: "/-/ready", port: 9090 }, periodSeconds: 1 },
      };
      const args = [...server.slice(0, 2), "--storage.tsdb.path=/data"];
      await apply(claim, pod("writer", args, mounted, writes));
      await kubectl("-n", namespace, "wait", "--for=condition=Ready", "pod/writer", "--timeout=60s");
      const volume = await kubectl(
        "-n",
        namespace,
        "get",
        "pvc",
        "data",
        "-o",
        "jsonpath={.spec.volumeName}",
      );
      await kubectl("-n", namespace, "delete", "pod", "writer");
      expect(readdirSync(join(folders.volumes, volume))).toContain("wal");
      await kubectl("-n", namespace, "delete", "pvc", "data");
      await waitFor("removal of the volume", 30, async () => !existsSync(join(folders.volumes, volume)));
    },
    3 * minutes,
  );

  test(
    "secrets are encrypted in etcd",
    async () => {
      await kubectl(
        "-n",
        namespace,
        "create",
        "secret",
        "generic",
        "plain",
        "--from-literal=word=open-sesame",
      );
      const files = readdirSync(join(folders.etcd, "member/wal")).map((f) =>
        join(folders.etcd, "member/wal", f),
      );
      const logged = files.map((f) => readFileSync(f).toString("latin1")).join("");
      expect(logged).toContain(`/registry/secrets/${namespace}/plain`);
      expect(logged).not.toContain("open-sesame");
    },
    minutes,
  );
});
