/**
 * Kinds of the operator that the environment does not have, for as long as attacks need them: that they are missing is a defence of its
 * own, and would hide whether the rules on them hold.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crdFile, kinds as installed } from "../../../components/metrics/crds";
import { prepareTestCrds, testCrdFolder } from "../../../toolchain/crds";
import { run } from "../../../toolchain/shell";
import { kubectl } from "../../support/live/kubectl";
import { until } from "../../support/live/progress";
import { testLabel } from "./stage";

/** Group of the operator's kinds. */
export const group = "monitoring.coreos.com";
const label = `${testLabel}=lent-kind`;

/** Makes those of `resources` that are not there. */
export async function lendKinds(resources: readonly string[]): Promise<void> {
  await prepareTestCrds();
  // Each takes the API server five seconds.
  await Promise.all(resources.filter((kind) => !installed.some((i) => i === kind)).map(lend));
}

async function lend(kind: string): Promise<void> {
  const name = `${kind}.${group}`;
  if ((await run("kubectl", ["get", "crd", name])).code === 0) return;
  const definition = readFileSync(join(testCrdFolder, crdFile(kind)), "utf8");
  const labelled = await kubectl(["label", "--local", "-f", "-", label, "-o", "json"], definition);
  await kubectl(["create", "-f", "-"], labelled);
  // Asked too soon, kubectl trips over a definition that has no status yet.
  const wait = ["wait", "--for=condition=Established", `crd/${name}`, "--timeout=5s"];
  await until(`the kind ${kind}`, 90, async () => (await run("kubectl", wait)).code === 0);
}

/** Removes what was lent, and with it nothing that somebody else made. */
export const takeKindsBack = (): Promise<string> =>
  kubectl(["delete", "crd", "-l", label, "--ignore-not-found"]);
