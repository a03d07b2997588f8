/** The official downloads, used where there is internet. */
import { chmodSync, createWriteStream, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { versions } from "../versions";
import { ToolError } from "./errors";
import { cache } from "./paths";
import { step } from "./progress";
import { must } from "./shell";
import { fill, isStored, type StoreEntry, use } from "./store";

export interface Platform {
  readonly os: string;
  readonly arch: string;
}

/** The machine's platform in the words of Go's world. */
export const platform = (os: string = process.platform, arch: string = process.arch): Platform => ({
  os,
  arch: arch === "x64" ? "amd64" : arch,
});

export const urls = {
  pulumi: ({ os, arch }: Platform): string =>
    `https://get.pulumi.com/releases/sdk/pulumi-v${versions.pulumi}-${os}-${arch === "amd64" ? "x64" : arch}.tar.gz`,
  kubectl: ({ os, arch }: Platform): string =>
    `https://dl.k8s.io/release/v${versions.kubernetes}/bin/${os}/${arch}/kubectl`,
  kind: ({ os, arch }: Platform): string =>
    `https://kind.sigs.k8s.io/dl/v${versions.kind}/kind-${os}-${arch}`,
  operatorFile: (tag: string, path: string): string =>
    `https://raw.githubusercontent.com/prometheus-operator/prometheus-operator/${tag}/${path}`,
  certManagerFile: (tag: string, path: string): string =>
    `https://raw.githubusercontent.com/cert-manager/cert-manager/${tag}/${path}`,
} as const;

export async function download(url: string, path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const response = await fetch(url);
  if (!response.ok || response.body === null) {
    throw new ToolError(
      `${url} answered ${response.status}`,
      "try again later, or build it here: MOAT_OFFLINE=1 make up",
    );
  }
  await pipeline(Readable.fromWeb(response.body), createWriteStream(path));
}

/** A program that is one file. */
async function single(name: string, version: string, url: string): Promise<void> {
  const entry: StoreEntry = { name, version, key: "download" };
  if (!isStored(entry)) {
    await step(`download ${name} ${version}`, () =>
      fill(entry, async (path) => {
        await download(url, path);
        chmodSync(path, 0o755);
      }),
    );
  }
  use(entry);
}

export const downloadKubectl = (): Promise<void> =>
  single("kubectl", versions.kubernetes, urls.kubectl(platform()));
export const downloadKind = (): Promise<void> => single("kind", versions.kind, urls.kind(platform()));

/** The CLI with its language hosts: they lie side by side in the archive, and stay so. */
export async function downloadPulumi(): Promise<void> {
  const entry: StoreEntry = { name: "pulumi", version: versions.pulumi, key: "download" };
  if (!isStored(entry)) {
    await step(`download pulumi ${versions.pulumi}`, () =>
      fill(entry, async (path) => {
        const archive = join(cache.downloads, "pulumi.tar.gz");
        await download(urls.pulumi(platform()), archive);
        await must("tar", ["-xzf", archive, "--strip-components=1", "-C", dirname(path)]);
        rmSync(archive);
      }),
    );
  }
  use(entry);
}
