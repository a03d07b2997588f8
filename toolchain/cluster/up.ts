/** From the choice to a cluster that answers: `.moat/kubeconfig` is written, images are there, the edge's ports lead to it. */
import { clusterPrograms, type GoProgram, imagePrograms } from "../artefacts";
import { buildGo, downloadModules, takeWheel } from "../builder";
import { clusterPackages, installPackages } from "../debianPackages";
import { builtImages, nodeImages } from "../images";
import { program } from "../paths";
import { isServed } from "../preflight";
import { say, step } from "../progress";
import { run as shell, waitFor } from "../shell";
import { type EdgePort, edgePorts } from "../stackConfig";
import type { Choice } from "./choice";
import {
  isRunning,
  processes,
  readAdminKubeconfig,
  startKubernetes,
  startRuntime,
  waitForNames,
} from "./embedded";
import { prepareKubectl, useExisting } from "./existing";
import { importImage } from "./imports";
import { startKind } from "./kind";
import { tryKubectl, writeKubeconfig } from "./kubectl";
import { network } from "./settings";

/** What is built for a choice of cluster. */
export const programsFor = (choice: Choice): readonly GoProgram[] =>
  choice.kind === "embedded" ? [...clusterPrograms, ...imagePrograms] : [];

/**
 * Starts the cluster. `programs` is all that will be built, so that their modules are fetched first; `meanwhile` is work
 * that needs the compiler and not the cluster, and runs while the node starts.
 */
export async function clusterUp(
  choice: Choice,
  programs: readonly GoProgram[],
  meanwhile: () => Promise<void>,
): Promise<void> {
  if (choice.kind === "embedded") await installPackages(clusterPackages);
  await downloadModules(programs);
  switch (choice.kind) {
    case "embedded":
      return embeddedUp(meanwhile);
    case "kind":
      await meanwhile();
      await prepareKubectl();
      return startKind(edgePorts());
    case "existing":
      await meanwhile();
      await prepareKubectl();
      await useExisting(choice.kubeconfig);
      return forwardToNode();
  }
}

async function embeddedUp(meanwhile: () => Promise<void>): Promise<void> {
  await buildGo(clusterPrograms);
  const node = startNode();
  // A failure of the node is told when it is awaited below, not as an unhandled one before.
  node.catch(() => undefined);
  await meanwhile();
  await buildGo(imagePrograms);
  await takeWheel();
  await node;
  for (const image of builtImages) await importImage(image);
  await waitForNames();
}

async function startNode(): Promise<void> {
  const ran = isRunning();
  await step(ran ? "cluster is running" : "container runtime", startRuntime);
  for (const image of nodeImages) await importImage(image);
  await step(ran ? "node is ready" : "Kubernetes", startKubernetes);
  writeKubeconfig(readAdminKubeconfig());
  await forward(edgePorts(), network.node);
}

/** Brings the edge's ports to the loopback of this machine. */
async function forward(ports: readonly EdgePort[], node: string): Promise<void> {
  const started = await processes.start({
    name: "forward",
    command: program("forward"),
    args: ports.map((p) => `127.0.0.1:${p.local}=${node}:${p.node}`),
  });
  if (!started) return;
  await waitFor("forwarded ports", 10, async () => {
    processes.mustRun("forward");
    return !(await Promise.all(ports.map((p) => isServed(p.local)))).includes(false);
  });
}

/** The edge of a cluster elsewhere: its first node's address must be reachable from here. */
async function forwardToNode(): Promise<void> {
  const jsonpath = "jsonpath={.items[0].status.addresses[?(@.type=='InternalIP')].address}";
  const address = (await tryKubectl("get", "nodes", "-o", jsonpath)).stdout.trim();
  const go = await shell("sh", ["-c", "command -v go"]);
  if (address === "" || go.code !== 0) {
    say(
      "the edge is not brought to this machine: that needs Go and the right to list nodes; use the node ports of moat:edge.service",
    );
    return;
  }
  await buildGo(clusterPrograms.filter((p) => p.name === "forward"));
  await forward(edgePorts(), address);
}
