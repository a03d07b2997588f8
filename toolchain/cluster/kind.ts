/** A cluster in Docker, where there is an engine and internet. Images are pulled, the edge is published by Docker. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { downloadKind } from "../download";
import { local, program } from "../paths";
import { step } from "../progress";
import { must, run } from "../shell";
import type { EdgePort } from "../stackConfig";
import { writeKubeconfig } from "./kubectl";

const name = "moat";

export const kindConfig = (ports: readonly EdgePort[]): string =>
  JSON.stringify({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    nodes: [
      {
        role: "control-plane",
        extraPortMappings: ports.map((p) => ({
          containerPort: p.node,
          hostPort: p.local,
          listenAddress: "127.0.0.1",
        })),
      },
    ],
  });

export async function startKind(ports: readonly EdgePort[]): Promise<void> {
  await downloadKind();
  if (!(await kindRuns())) {
    mkdirSync(local.root, { recursive: true });
    const config = join(local.root, "kind.json");
    writeFileSync(config, kindConfig(ports));
    const advice = "see what Docker says: docker ps -a, docker logs moat-control-plane";
    await step("kind cluster", () =>
      must(
        program("kind"),
        [
          "create",
          "cluster",
          "--name",
          name,
          "--config",
          config,
          "--kubeconfig",
          `${config}.kubeconfig`,
          "--wait",
          "120s",
        ],
        { advice },
      ),
    );
  }
  writeKubeconfig(await must(program("kind"), ["get", "kubeconfig", "--name", name]));
}

export const kindRuns = async (): Promise<boolean> =>
  (await run(program("kind"), ["get", "clusters"])).stdout.split("\n").includes(name);

export async function deleteKind(): Promise<void> {
  await must(program("kind"), ["delete", "cluster", "--name", name]);
}
