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

/** Definitions that are wanted together, and where they go. `source` is their folder in the operator's repository. */
interface Definitions {
  readonly kinds: readonly string[];
  readonly folder: string;
  readonly source: string;
}

export const prepareCrds = (): Promise<void> =>
  prepare({ kinds, folder: join(root, crdFolder), source: "example/prometheus-operator-crd" });

/** All kinds of the operator in all versions, which the environment does not install: samples of rules are held against them. */
export const testCrdFolder = join(root, `${crdFolder}-all`);

export const prepareTestCrds = (): Promise<void> =>
  prepare({
    kinds: [
      ...kinds,
      "alertmanagerconfigs",
      "alertmanagers",
      "prometheusagents",
      "scrapeconfigs",
      "thanosrulers",
    ],
    folder: testCrdFolder,
    source: "example/prometheus-operator-crd-full",
  });

async function prepare(wanted: Definitions): Promise<void> {
  const { tag } = images.prometheusOperator;
  const { kinds, folder } = wanted;
  if (kinds.every((kind) => existsSync(join(folder, crdFile(kind))))) return;
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  await step(`definitions of the Prometheus Operator ${tag}`, async () => {
    const fetched = (await internet()) ? await fromRelease(wanted, part) : await fromModule(wanted);
    for (const kind of kinds) {
      const definition: unknown = parse(readFileSync(join(fetched, release(kind)), "utf8"));
      writeFileSync(join(part, crdFile(kind)), JSON.stringify(stripDescriptions(definition)));
    }
  });
  rmSync(folder, { recursive: true, force: true });
  renameSync(part, folder);
}

/** The folder that has the files afterwards. */
async function fromRelease({ kinds, source }: Definitions, folder: string): Promise<string> {
  const { tag } = images.prometheusOperator;
  await Promise.all(
    kinds.map((kind) =>
      download(urls.operatorFile(tag, `${source}/${release(kind)}`), join(folder, release(kind))),
    ),
  );
  return folder;
}

const fromModule = async ({ source }: Definitions): Promise<string> =>
  join(await moduleFolder("github.com/prometheus-operator/prometheus-operator"), source);
