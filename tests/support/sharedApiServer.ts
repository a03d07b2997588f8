/**
 * Jest's global setup of a suite: one API server for all of its files but those that ask for one of their own. On it everybody keeps to
 * namespaces and names of their own.
 */
import { existsSync } from "node:fs";
import { program } from "../../toolchain/paths";
import { type ApiServer, sharedVariable, startOwnApiServer } from "./apiServer";

let server: ApiServer | undefined;

export default async function start(): Promise<void> {
  if (process.env[sharedVariable] || !existsSync(program("kube"))) return;
  server = await startOwnApiServer();
  // Workers are started after this, with the variables of this process.
  process.env[sharedVariable] = server.kubeconfig;
}

export async function stop(): Promise<void> {
  await server?.stop();
}
