/**
 * Kinds of the operator that the environment does not have, for as long as attacks need them: that they are missing is a defence of its
 * own, and would hide whether the rules on them hold.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crdFile, kinds as installed } from "../../../components/metrics/crds";
import { resources } from "../../../policies/kinds";
import { prepareTestCrds, testCrdFolder } from "../../../toolchain/crds";
import { run } from "../../../toolchain/shell";
import { kubectl } from "../../support/live/kubectl";
import { until } from "../../support/live/progress";
import { testLabel } from "./stage";

const group = "monitoring.coreos.com";
const label = `${testLabel}=lent-kind`;

const missing = [
  ...new Set(
    Object.entries(resources)
      .filter(([kind]) => kind.startsWith(`${group}/`))
      .map(([, resource]) => resource)
      .filter((resource) => !installed.some((kind) => kind === resource)),
  ),
];

/** Makes those that are not there. */
export async function lendKinds(): Promise<void> {
  await prepareTestCrds();
  for (const kind of missing) {
    const name = `${kind}.${group}`;
    if ((await run("kubectl", ["get", "crd", name])).code === 0) continue;
    const definition: unknown = JSON.parse(readFileSync(join(testCrdFolder, crdFile(kind)), "utf8"));
    const labelled = await kubectl(
      ["label", "--local", "-f", "-", label, "-o", "json"],
      JSON.stringify(definition),
    );
    await kubectl(["create", "-f", "-"], labelled);
    // Asked too soon, kubectl trips over a definition that has no status yet.
    const wait = ["wait", "--for=condition=Established", `crd/${name}`, "--timeout=5s"];
    await until(`the kind ${kind}`, 30, async () => (await run("kubectl", wait)).code === 0);
  }
}

/** Removes what was lent, and with it nothing that somebody else made. */
export const takeKindsBack = (): Promise<string> =>
  kubectl(["delete", "crd", "-l", label, "--ignore-not-found"]);
