/** Asks a cluster that is there already whether it is fit for an environment, before anything is made. */
import * as pulumi from "@pulumi/pulumi";
import { tellOfCluster } from "../../../config/problems";
import { type ApiAccess, accessOf, NoAccess } from "./access";
import { type Answer, ask } from "./ask";
import {
  type Asked,
  type Findings,
  type FirstAnswers,
  firstQuestions,
  furtherQuestions,
  judge,
  whyNoAnswer,
} from "./judge";

export interface CheckArgs {
  /** Path of the kubeconfig. */
  readonly kubeconfigPath: string;
  /** Context in it. Default: its current context. */
  readonly context?: string | undefined;
  /** Storage class of the environment's volumes. Default: the cluster's own. */
  readonly storageClass?: string | undefined;
}

/** Throws one error with every problem, and warns of the rest. Without an engine, as in unit tests, nobody is asked. */
export function checkExistingCluster(args: CheckArgs): void {
  if (pulumi.runtime.getEngine() === undefined) return;
  const { problems, warnings } = inspect(args);
  if (problems.length > 0) throw new pulumi.RunError(tellOfCluster(problems));
  for (const warning of warnings) void pulumi.log.warn(warning);
}

/** What is found on the cluster. */
export function inspect({ kubeconfigPath, context, storageClass }: CheckArgs): Findings {
  const access = tryAccess(kubeconfigPath, context);
  if (access instanceof NoAccess) {
    const { reason, mend } = access;
    return { problems: [{ path: "moat:cluster.kubeconfig", reason, mend }], warnings: [] };
  }
  const asked: Asked = { server: access.server, context: access.context, storageClass };
  const first = askFirst(access);
  const problem = whyNoAnswer(first, asked);
  if (problem !== undefined) return { problems: [problem], warnings: [] };
  const questions = furtherQuestions(first);
  return judge(first, questions.length === 0 ? [] : ask(access, questions), asked);
}

function tryAccess(path: string, context: string | undefined): ApiAccess | NoAccess {
  try {
    return accessOf(path, context);
  } catch (error) {
    if (error instanceof NoAccess) return error;
    return new NoAccess(
      `${path} names a file that cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      "put the file back, or correct the kubeconfig",
    );
  }
}

function askFirst(access: ApiAccess): FirstAnswers {
  const { version, groups, storageClasses, daemonSets, embedded, user, everything } = firstQuestions;
  const answers = ask(access, [version, groups, storageClasses, daemonSets, embedded, user, everything]);
  const at = (place: number): Answer => answers[place] ?? { failure: "no answer" };
  return {
    version: at(0),
    groups: at(1),
    storageClasses: at(2),
    daemonSets: at(3),
    embedded: at(4),
    user: at(5),
    everything: at(6),
  };
}
