/** cert-manager's custom resource definitions, as files that `make crds` fetched and stripped. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { edgeImages } from "../../../versions";

/** The kinds that a cert-manager for one namespace works with; ClusterIssuer is none of them. */
export const certManagerKinds = [
  "acme.cert-manager.io_challenges",
  "acme.cert-manager.io_orders",
  "cert-manager.io_certificaterequests",
  "cert-manager.io_certificates",
  "cert-manager.io_issuers",
] as const;

/** Folder of the files, from the project's folder; a new version is a new folder. */
export const certManagerCrdFolder = join(".moat/crds/cert-manager", edgeImages.certManager.tag);

export const certManagerCrdFile = (kind: string): string => `${kind}.json`;

/** Paths of all files. Throws an error for the user's eyes when one is missing. */
export const certManagerCrdFiles = (folder: string = certManagerCrdFolder): string[] =>
  certManagerKinds.map((kind) => {
    const path = join(folder, certManagerCrdFile(kind));
    if (existsSync(path)) return path;
    throw new Error(
      `cert-manager's definition of ${kind} is not at ${path}; run \`make crds\`, which fetches it`,
    );
  });
