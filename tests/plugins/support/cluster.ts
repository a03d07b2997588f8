/** What tests see and do in the cluster beside Pulumi. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { program } from "../../../toolchain/paths";
import { type ApiServer, startApiServer, startOwnApiServer } from "../../support/apiServer";
import { Stack } from "./stack";

export class Cluster {
  private server: ApiServer | undefined;
  private readonly namespaces: string[] = [];

  get kubeconfig(): string {
    if (!this.server) {
      throw new Error("the API server has not been started");
    }
    return this.server.kubeconfig;
  }

  /** On the server that is shared. */
  async start(): Promise<void> {
    this.server = await startApiServer();
  }

  /** On a server where nothing else is. */
  async startAlone(): Promise<void> {
    this.server = await startOwnApiServer();
  }

  async stop(): Promise<void> {
    if (this.namespaces.length > 0) {
      await this.kubectl("delete", "namespace", "--wait=false", "--ignore-not-found", ...this.namespaces);
    }
    await this.server?.stop();
  }

  /** A namespace of its own for a test. */
  async namespace(): Promise<string> {
    const name = `t-${randomBytes(4).toString("hex")}`;
    await this.kubectl("create", "namespace", name);
    this.namespaces.push(name);
    return name;
  }

  /** A name in the default namespace, for a namespace that the test makes itself. */
  freshNamespace(): string {
    const name = `t-${randomBytes(4).toString("hex")}`;
    this.namespaces.push(name);
    return name;
  }

  async stack(env: NodeJS.ProcessEnv = {}): Promise<Stack> {
    return new Stack({ KUBECONFIG: this.kubeconfig, ...env }).init();
  }

  /** The live object, or undefined when it is not there. */
  async get(kind: string, namespace: string, name: string): Promise<Record<string, unknown> | undefined> {
    const text = await this.kubectl("get", kind, name, "-n", namespace, "-o", "json", "--ignore-not-found");
    return text === "" ? undefined : JSON.parse(text);
  }

  async uid(kind: string, namespace: string, name: string): Promise<string> {
    return this.kubectl("get", kind, name, "-n", namespace, "-o", "jsonpath={.metadata.uid}");
  }

  /** Changes an object as another program would. */
  async patch(
    kind: string,
    namespace: string,
    name: string,
    patch: object,
    ...flags: string[]
  ): Promise<void> {
    await this.kubectl(
      ...["patch", kind, name, "-n", namespace, "--type=merge", "-p", JSON.stringify(patch)],
      ...flags,
    );
  }

  async apply(object: object): Promise<void> {
    await this.kubectl("create", "-f", "-", JSON.stringify(object));
  }

  /** Names of the objects that match, once there is one. */
  async waitFor(kind: string, namespace: string, selector: string): Promise<string[]> {
    for (const end = Date.now() + 120_000; Date.now() < end; await delay(200)) {
      const text = await this.kubectl("get", kind, "-n", namespace, "-l", selector, "-o", "name");
      if (text !== "") {
        return text
          .trim()
          .split("\n")
          .map((line) => line.split("/").at(-1) ?? line);
      }
    }
    throw new Error(`no ${kind} with ${selector} in ${namespace}`);
  }

  /** Runs kubectl; what comes after "-f -" is its input. */
  async kubectl(...args: string[]): Promise<string> {
    const at = args.indexOf("-");
    const input = at >= 0 ? args.splice(at + 1).join("") : "";
    return new Promise((resolve, reject) => {
      const child = execFile(
        program("kube"),
        ["kubectl", `--kubeconfig=${this.kubeconfig}`, ...args],
        (error, stdout, stderr) => (error ? reject(new Error(stderr || error.message)) : resolve(stdout)),
      );
      child.stdin?.end(input);
    });
  }
}

/** Cases of the stand-in for @pulumi/kubernetes, with the real Pulumi CLI against a real API server. Every topic is a file, so that two run at a time. */
export function onCluster(topic: string, cases: (cluster: Cluster) => void): void {
  const cluster = new Cluster();
  beforeAll(() => cluster.start());
  afterAll(() => cluster.stop());
  describe(topic, () => cases(cluster));
}
