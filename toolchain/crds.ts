/** The Prometheus Operator's resource definitions, in `.moat/crds`: of the release, or of the module that is built. */
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { images } from "../versions";
import { moduleFolder } from "./builder";
import { download, urls } from "./download";
import { internet } from "./internet";
import { local } from "./paths";
import { step } from "./progress";

const plurals = [
  "alertmanagerconfigs",
  "alertmanagers",
  "podmonitors",
  "probes",
  "prometheusagents",
  "prometheuses",
  "prometheusrules",
  "scrapeconfigs",
  "servicemonitors",
  "thanosrulers",
] as const;

export async function prepareCrds(): Promise<void> {
  const { tag } = images.prometheusOperator;
  const folder = join(local.crds, "prometheus-operator", tag);
  const file = (plural: string): string => `monitoring.coreos.com_${plural}.yaml`;
  if (plurals.every((plural) => existsSync(join(folder, file(plural))))) return;
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  await step(`definitions of the Prometheus Operator ${tag}`, async () => {
    if (await internet()) {
      await Promise.all(
        plurals.map((plural) => download(urls.operatorCrd(tag, plural), join(part, file(plural)))),
      );
    } else {
      const module = await moduleFolder("github.com/prometheus-operator/prometheus-operator");
      for (const plural of plurals) {
        copyFileSync(join(module, "example/prometheus-operator-crd", file(plural)), join(part, file(plural)));
      }
    }
  });
  rmSync(folder, { recursive: true, force: true });
  renameSync(part, folder);
}
