/** Resource definitions of the Prometheus Operator and of cert-manager, in `.moat/crds`: of the release, or of the Go module of that version. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import {
  certManagerCrdFile,
  certManagerCrdFolder,
  certManagerKinds,
} from "../components/edge/tls/certManagerCrds";
import { crdFile, crdFolder, kinds, stripDescriptions } from "../components/metrics/crds";
import { edgeImages, images } from "../versions";
import { downloadedModule, moduleFolder } from "./builder";
import { download, urls } from "./download";
import { internet } from "./internet";
import { operatorModule, root } from "./paths";
import { step } from "./progress";

/** Definitions that are wanted together, and where they go. */
interface Definitions {
  /** Whose they are, for people. */
  readonly title: string;
  /** File in the release by file in the folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Folder of a release's files in the repository. */
  readonly source: string;
  /** Address of a file of the repository. */
  readonly url: (path: string) => string;
  /** The repository as a Go module. */
  readonly module: () => Promise<string>;
}

const operatorDefinitions = (
  kinds: readonly string[],
  { folder, source }: Pick<Definitions, "folder" | "source">,
): Definitions => {
  const { tag } = images.prometheusOperator;
  return {
    title: `the Prometheus Operator ${tag}`,
    files: Object.fromEntries(kinds.map((kind) => [crdFile(kind), `monitoring.coreos.com_${kind}.yaml`])),
    folder,
    source,
    url: (path) => urls.operatorFile(tag, path),
    module: () => moduleFolder("github.com/prometheus-operator/prometheus-operator", operatorModule),
  };
};

export const prepareCrds = (): Promise<void> =>
  prepare(
    operatorDefinitions(kinds, { folder: join(root, crdFolder), source: "example/prometheus-operator-crd" }),
  );

/** All kinds of the operator in all versions, which the environment does not install: samples of rules are held against them. */
export const testCrdFolder = join(root, `${crdFolder}-all`);

export const prepareTestCrds = (): Promise<void> =>
  prepare(
    operatorDefinitions(
      [...kinds, "alertmanagerconfigs", "alertmanagers", "prometheusagents", "scrapeconfigs", "thanosrulers"],
      { folder: testCrdFolder, source: "example/prometheus-operator-crd-full" },
    ),
  );

/** For environments whose edge has a certificate by ACME. */
export function prepareCertManagerCrds(): Promise<void> {
  const { tag } = edgeImages.certManager;
  return prepare({
    title: `cert-manager ${tag}`,
    files: Object.fromEntries(certManagerKinds.map((kind) => [certManagerCrdFile(kind), `${kind}.yaml`])),
    folder: join(root, certManagerCrdFolder),
    source: "deploy/crds",
    url: (path) => urls.certManagerFile(tag, path),
    module: () => downloadedModule(`github.com/cert-manager/cert-manager@${tag}`),
  });
}

async function prepare(wanted: Definitions): Promise<void> {
  const { title, files, folder } = wanted;
  if (Object.keys(files).every((file) => existsSync(join(folder, file)))) return;
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  await step(`definitions of ${title}`, async () => {
    const fetched = (await internet()) ? await fromRelease(wanted, part) : await fromModule(wanted);
    for (const [file, released] of Object.entries(files)) {
      const definition: unknown = parse(readFileSync(join(fetched, released), "utf8"));
      writeFileSync(join(part, file), JSON.stringify(stripDescriptions(definition)));
    }
  });
  rmSync(folder, { recursive: true, force: true });
  renameSync(part, folder);
}

/** The folder that has the files afterwards. */
async function fromRelease({ files, source, url }: Definitions, folder: string): Promise<string> {
  await Promise.all(
    Object.values(files).map((file) => download(url(`${source}/${file}`), join(folder, file))),
  );
  return folder;
}

const fromModule = async ({ source, module }: Definitions): Promise<string> => join(await module(), source);
