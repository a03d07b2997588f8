/** The Prometheus Operator's resource definitions, in `.moat/crds`: of the release, or of the module that is built. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { crdFile, crdFolder, kinds, stripDescriptions } from "../components/metrics/crds";
import { images } from "../versions";
import { moduleFolder } from "./builder";
import { download, urls } from "./download";
import { internet } from "./internet";
import { root } from "./paths";
import { step } from "./progress";

const release = (kind: string): string => `monitoring.coreos.com_${kind}.yaml`;

export async function prepareCrds(): Promise<void> {
  const { tag } = images.prometheusOperator;
  const folder = join(root, crdFolder);
  if (kinds.every((kind) => existsSync(join(folder, crdFile(kind))))) return;
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  await step(`definitions of the Prometheus Operator ${tag}`, async () => {
    const fetched = (await internet()) ? await fromRelease(tag, part) : await fromModule();
    for (const kind of kinds) {
      const definition: unknown = parse(readFileSync(join(fetched, release(kind)), "utf8"));
      writeFileSync(join(part, crdFile(kind)), JSON.stringify(stripDescriptions(definition)));
    }
  });
  rmSync(folder, { recursive: true, force: true });
  renameSync(part, folder);
}

/** The folder that has the files afterwards. */
async function fromRelease(tag: string, folder: string): Promise<string> {
  await Promise.all(kinds.map((kind) => download(urls.operatorCrd(tag, kind), join(folder, release(kind)))));
  return folder;
}

const fromModule = async (): Promise<string> =>
  join(
    await moduleFolder("github.com/prometheus-operator/prometheus-operator"),
    "example/prometheus-operator-crd",
  );
