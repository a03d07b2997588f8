import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of its own for the files of one test suite; it goes when the suite ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "moat-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a kubeconfig with two contexts, the first of them current, and returns its path. */
export function writeKubeconfig(folder: string, name = "kubeconfig"): string {
  return writeFile(
    folder,
    name,
    `apiVersion: v1
kind: Config
current-context: here
clusters: [{ name: c, cluster: { server: https://127.0.0.1:6443 } }]
users: [{ name: u, user: { token: not-a-secret } }]
contexts:
  - { name: here, context: { cluster: c, user: u } }
  - { name: there, context: { cluster: c, user: u } }
`,
  );
}

export function writeFile(folder: string, name: string, content: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode });
  return path;
}
