/** Asks a cluster that is there already whether it is fit for an environment, before anything is made. */
import * as pulumi from "@pulumi/pulumi";
import type { ClusterDns } from "../../../config/clusterDns";
import { tellOfCluster } from "../../../config/problems";
import { kubeDns } from "../dns";
import { type ApiAccess, accessOf, NoAccess } from "./access";
import { type Answer, ask, type Question } from "./ask";
import {
  type Asked,
  type Findings,
  type FirstAnswers,
  type FurtherAnswers,
  firstQuestions,
  furtherQuestions,
  judge,
  type Wishes,
  whyNoAnswer,
} from "./judge";

export interface CheckArgs extends Wishes {
  /** Path of the kubeconfig. */
  readonly kubeconfigPath: string;
  /** Context in it. Default: its current context. */
  readonly context?: string | undefined;
}

/**
 * Throws one error with every problem, and warns of the rest. Gives whom pods ask for names. Without an engine, as in unit tests,
 * nobody is asked.
 */
export function checkExistingCluster(args: CheckArgs): ClusterDns {
  if (pulumi.runtime.getEngine() === undefined) return args.dns ?? kubeDns;
  const { problems, warnings, dns } = inspect(args);
  if (problems.length > 0) throw new pulumi.RunError(tellOfCluster(problems));
  for (const warning of warnings) void pulumi.log.warn(warning);
  return dns;
}

/** What is found on the cluster. */
export function inspect({ kubeconfigPath, context, ...wishes }: CheckArgs): Findings {
  const dns = wishes.dns ?? kubeDns;
  const access = tryAccess(kubeconfigPath, context);
  if (access instanceof NoAccess) {
    const { reason, mend } = access;
    return { problems: [{ path: "moat:cluster.kubeconfig", reason, mend }], warnings: [], dns };
  }
  const asked: Asked = { ...wishes, server: access.server, context: access.context };
  const first = askFirst(access);
  const problem = whyNoAnswer(first, asked);
  if (problem !== undefined) return { problems: [problem], warnings: [], dns };
  return judge(first, askFurther(access, first, asked), asked);
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

/** Asks all of them in one go. */
function inOneGo(access: ApiAccess, questions: readonly Question[]): (question: Question) => Answer {
  const answers = questions.length === 0 ? [] : ask(access, questions);
  return (question) => answers[questions.indexOf(question)] ?? { failure: "no answer" };
}

function askFirst(access: ApiAccess): FirstAnswers {
  const q = firstQuestions;
  const answer = inOneGo(access, Object.values(q));
  return {
    version: answer(q.version),
    groups: answer(q.groups),
    storageClasses: answer(q.storageClasses),
    daemonSets: answer(q.daemonSets),
    embedded: answer(q.embedded),
    user: answer(q.user),
    everything: answer(q.everything),
    dnsServices: answer(q.dnsServices),
    openshiftDns: answer(q.openshiftDns),
  };
}

function askFurther(access: ApiAccess, first: FirstAnswers, asked: Asked): FurtherAnswers {
  const { rights, operator } = furtherQuestions(first, asked);
  const { definitions = [], ...others } = operator ?? {};
  const answer = inOneGo(access, [...rights, ...definitions, ...Object.values(others)]);
  return {
    rights: rights.map(answer),
    ...(operator && {
      operator: {
        definitions: operator.definitions.map(answer),
        deployments: answer(operator.deployments),
        prometheuses: answer(operator.prometheuses),
        platform: answer(operator.platform),
      },
    }),
  };
}
