/** A cluster that the user has. */
import { accessSync, constants } from "node:fs";
import { clusterPrograms } from "../artefacts";
import { buildGo } from "../builder";
import { downloadKubectl } from "../download";
import { ToolError } from "../errors";
import { internet } from "../internet";
import { program } from "../paths";
import { must } from "../shell";
import { writeKubeconfig } from "./kubectl";

/** Its kubeconfig must be there before anything is fetched or built. */
export function checkKubeconfig(path: string): void {
  try {
    accessSync(path, constants.R_OK);
  } catch {
    throw new ToolError(
      `the kubeconfig ${path} cannot be read`,
      "name one that exists and that you may read: make up KUBECONFIG=/path",
    );
  }
}

/** Makes kubectl current: the release's where there is internet, else the one that is built. */
export async function prepareKubectl(): Promise<void> {
  if (await internet()) await downloadKubectl();
  else await buildGo(clusterPrograms.filter((p) => p.name === "kube"));
}

/** Copies the current context with all that it refers to, so that the file stands alone. */
export async function useExisting(path: string): Promise<void> {
  const advice = "check it with: kubectl --kubeconfig=FILE config view";
  const content = await must(
    program("kubectl"),
    [`--kubeconfig=${path}`, "config", "view", "--raw", "--flatten", "--minify"],
    { advice },
  );
  writeKubeconfig(content);
}
