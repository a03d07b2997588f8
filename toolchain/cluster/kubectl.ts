/** kubectl on the environment's cluster, whichever it is. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ToolError } from "../errors";
import { local, program } from "../paths";
import { must, type Result, run } from "../shell";

const args = (rest: readonly string[]): string[] => [`--kubeconfig=${local.kubeconfig}`, ...rest];

export const tryKubectl = (...rest: string[]): Promise<Result> => run(program("kubectl"), args(rest));
export const kubectl = (...rest: string[]): Promise<string> => must(program("kubectl"), args(rest));

export function writeKubeconfig(content: string): void {
  mkdirSync(dirname(local.kubeconfig), { recursive: true });
  writeFileSync(local.kubeconfig, content, { mode: 0o600 });
}

/** What tells one cluster from another, also from a later one at the same address. */
export async function clusterId(): Promise<string> {
  const result = await tryKubectl(
    "get",
    "namespace",
    "kube-system",
    "-o",
    "jsonpath={.metadata.uid}",
    "--request-timeout=15s",
  );
  if (result.code === 0) return result.stdout.trim();
  throw new ToolError(
    `the cluster of ${local.kubeconfig} does not answer\n    ${result.stderr.trim()}`,
    "make up starts the embedded one again; your own you have to mend",
  );
}

export const haveKubeconfig = (): boolean => existsSync(local.kubeconfig);
