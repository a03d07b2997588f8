/** From nothing, or from whatever is there, to an environment that answers a tenant's query. */
import { readFileSync, writeFileSync } from "node:fs";
import { pluginProgram, pulumiProgram } from "../artefacts";
import { type Choice, choose, keepChoice } from "../cluster/choice";
import { forwards } from "../cluster/cleanup";
import { isRunning } from "../cluster/embedded";
import { checkKubeconfig } from "../cluster/existing";
import { kindRuns } from "../cluster/kind";
import { clusterId } from "../cluster/kubectl";
import { clusterUp, programsFor } from "../cluster/up";
import { prepareCrds } from "../crds";
import { engineIsBuilt, prepareEngine } from "../engine";
import { alone } from "../lock";
import { type Outputs, readOutputs, tenantOf } from "../outputs";
import { local } from "../paths";
import { preflight } from "../preflight";
import { finish, say, step, table } from "../progress";
import { forgetState, haveState, onStack, pulumi } from "../pulumi";
import { sleep } from "../shell";
import { devStack, edgePorts } from "../stackConfig";
import { answerTable, askQuery } from "./query";

export async function up(): Promise<void> {
  await alone(async () => {
    await prepare();
    await deploy();
  });
  const outputs = await readOutputs();
  await greet(outputs);
  finish("make up");
}

/** The cluster, the engine and all that the program needs, but nothing of the environment yet. */
export async function prepare(): Promise<void> {
  const choice = await choose(process.env.MOAT_KUBECONFIG);
  if (choice.kind === "existing") checkKubeconfig(choice.kubeconfig);
  const builtEngine = await engineIsBuilt();
  await preflight({
    embedded: choice.kind === "embedded",
    builds: builtEngine || choice.kind === "embedded",
    running: await runs(choice),
    ports: choice.kind === "existing" || forwards().length > 0 ? [] : edgePorts().map((p) => p.local),
  });
  say(`cluster: ${describe(choice)}`);
  keepChoice(choice);
  const more = builtEngine ? [pulumiProgram, pluginProgram] : [];
  await clusterUp(choice, [...programsFor(choice), ...more], async () => {
    await prepareEngine();
    await prepareCrds();
  });
}

const describe = (choice: Choice): string =>
  choice.kind === "existing"
    ? `your own, ${choice.kubeconfig}`
    : choice.kind === "kind"
      ? "kind, in Docker"
      : "embedded";

async function runs(choice: Choice): Promise<boolean> {
  if (choice.kind === "kind") return kindRuns().catch(() => false);
  return choice.kind === "embedded" && isRunning();
}

async function deploy(): Promise<void> {
  await matchStateToCluster();
  await onStack(devStack, () =>
    step("pulumi up", () =>
      pulumi(["up", "--yes", "--skip-preview", "--suppress-outputs", "--stack", devStack], { show: true }),
    ),
  );
}

const stateOf = `${local.state}.cluster`;

/** A state whose cluster is gone would make the engine look for objects that nobody has. */
async function matchStateToCluster(): Promise<void> {
  const id = await clusterId();
  if (haveState(devStack) && readIfThere(stateOf) !== id) {
    say("the state in .moat is of a cluster that is gone; it begins anew");
    forgetState();
  }
  writeFileSync(stateOf, id);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** How long the first samples may take, in s: discovery of targets, one scrape, and the way through the stores. */
const firstSamples = 120;

async function greet(outputs: Outputs): Promise<void> {
  const rows = [
    ["read gateway", outputs.readGatewayUrl, "tenants; token and namespace header"],
    [
      "query UI",
      outputs.queryUrl,
      "operators; user admin, password: pulumi stack output queryPassword --show-secrets",
    ],
    outputs.grafanaUrl
      ? [
          "Grafana",
          outputs.grafanaUrl,
          "user admin, password: pulumi stack output grafanaPassword --show-secrets",
        ]
      : ["Grafana", "left out", "docs/grafana.md says how to have it"],
    ["kubeconfig", local.kubeconfig, ""],
  ];
  const [name = ""] = Object.keys(outputs.tenants);
  const tenant = tenantOf(outputs, name);
  const first = await step(`first query, as tenant ${name}`, async () => {
    for (const end = Date.now() + firstSamples * 1000; ; await sleep(1000)) {
      const answer = await askQuery(outputs, tenant, "up").catch((error: unknown) => {
        if (Date.now() > end) throw error;
        return [];
      });
      if (answer.length > 0 || Date.now() > end) return answer;
    }
  });
  process.stdout.write(`\n${table(rows)}\n\nmake query TENANT=${name} Q='up'\n${answerTable(first)}\n\n`);
}
