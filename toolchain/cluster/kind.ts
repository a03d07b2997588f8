/** A cluster in Docker, where there is an engine and internet. Images are pulled, the edge is published by Docker. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { imageRef, images } from "../../versions";
import { downloadKind } from "../download";
import { guardsModule, local, program } from "../paths";
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
  await buildGuards();
}

/** Ours is built from what stands here, so that a change of it is tried, and brought to the node; the others are pulled. */
async function buildGuards(): Promise<void> {
  const image = imageRef(images.guards);
  await step(`image ${image}`, async () => {
    await must("docker", ["build", "--quiet", "--tag", image, guardsModule]);
    await must(program("kind"), ["load", "docker-image", image, "--name", name]);
  });
}

export const kindRuns = async (): Promise<boolean> =>
  (await run(program("kind"), ["get", "clusters"])).stdout.split("\n").includes(name);

export async function deleteKind(): Promise<void> {
  await must(program("kind"), ["delete", "cluster", "--name", name]);
}
