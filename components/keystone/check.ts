/**
 * Asks Keystone whether the credential of this run may make others, before anything is made: otherwise the update ends half way, at the
 * first of them. A user with a password may; an application credential may only if it was made for that.
 */
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../config";
import { tellOfCloud } from "../../config/problems";
import { ask } from "../cluster/existing/ask";
import { clientsOf, judge, logIn, type Verdict } from "./judge";
import { loginOf } from "./login";

type Config = Pick<EnvironmentConfig, "cluster" | "objectStore" | "edge">;

/** An update stops, a preview is told. Without an engine, as in unit tests, nobody is asked. */
export function checkCredential(config: Config): void {
  if (pulumi.runtime.getEngine() === undefined) return;
  const { problem, warning, onlyReads = false } = inspect(config, process.env);
  if (warning !== undefined) void pulumi.log.warn(warning);
  if (problem === undefined) return;
  if (!pulumi.runtime.isDryRun()) throw new pulumi.RunError(tellOfCloud([problem]));
  // Previews of pull requests are run by credentials that can do nothing else.
  if (!onlyReads)
    void pulumi.log.warn(`an update would stop: ${problem.path}: ${problem.reason}\n→ ${problem.mend}`);
}

/** What is wrong with the credential, if anything; nothing where there is no need to ask. */
export function inspect(config: Config, env: NodeJS.ProcessEnv): Verdict {
  const { cluster } = config;
  const clients = clientsOf(config);
  if (clients.length === 0 || ("checks" in cluster && !cluster.checks)) return {};
  try {
    const login = loginOf("cloud" in cluster ? cluster.cloud : undefined, env);
    if (login === undefined) return {};
    const [answer = { failure: "no answer" }] = ask(login.access, [logIn(login)]);
    return judge(answer, login, clients);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { warning: `it is not known whether the application credential may make others: ${why}` };
  }
}
