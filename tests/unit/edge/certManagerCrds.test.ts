import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  certManagerCrdFile,
  certManagerCrdFiles,
  certManagerCrdFolder,
  certManagerKinds,
} from "../../../components/edge/tls/certManagerCrds";
import { edgeImages } from "../../../versions";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "moat-crds-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("names the file of every kind", () => {
  for (const kind of certManagerKinds) writeFileSync(join(folder, certManagerCrdFile(kind)), "{}");
  expect(certManagerCrdFiles(folder)).toEqual(certManagerKinds.map((kind) => `${folder}/${kind}.json`));
});

test("a missing file is named, with the command that fetches it", () => {
  expect(() => certManagerCrdFiles(folder)).toThrow(
    `cert-manager's definition of acme.cert-manager.io_challenges is not at ${folder}/acme.cert-manager.io_challenges.json; run \`make crds\``,
  );
});

test("the folder carries the version of the program, whose parts are of one release", () => {
  expect(certManagerCrdFolder).toBe(`.moat/crds/cert-manager/${edgeImages.certManager.tag}`);
  expect(edgeImages.acmeSolver.tag).toBe(edgeImages.certManager.tag);
});
