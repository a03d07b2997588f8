/** What Keystone's answer means for an environment that makes credentials of its own. Pure. */
import { z } from "zod";
import type { EnvironmentConfig } from "../../config";
import type { Problem } from "../../config/problems";
import type { Answer, Question } from "../cluster/existing/ask";
import type { Login } from "./login";

type Config = Pick<EnvironmentConfig, "cluster" | "objectStore" | "edge">;

/** For whom the environment makes credentials in OpenStack. */
export const clientsOf = ({ cluster, objectStore, edge: { tls } }: Config): string[] => [
  ...(cluster.kind === "openstack" ? ["the cluster's controllers"] : []),
  ...(objectStore.kind === "swift" ? ["the object store"] : []),
  ...(tls.kind === "acme" && tls.challenge.type === "designate" ? ["records for certificates"] : []),
];

/** Logging in says what the credential is, so it is all that is asked. */
export const logIn = ({ request }: Login): Question => ({
  method: "POST",
  path: "/auth/tokens?nocatalog",
  body: request,
});

export interface Verdict {
  /** Why an update would stop half way. */
  readonly problem?: Problem;
  /** Why nobody knows. */
  readonly warning?: string;
  /** It changes nothing in the cloud by its very role, so it is one for previews. */
  readonly onlyReads?: boolean;
}

const token = z.object({
  token: z.object({
    // https://docs.openstack.org/api-ref/identity/v3/#authenticating-with-an-application-credential
    application_credential: z.object({ name: z.string(), restricted: z.boolean() }),
    roles: z.array(z.object({ name: z.string() })).default([]),
  }),
});

export function judge(answer: Answer, { place, access }: Login, clients: readonly string[]): Verdict {
  const unknown = (why: string): Verdict => ({
    warning: `Keystone at ${access.server} could not be asked whether the application credential may make others: ${why}`,
  });
  if ("failure" in answer) return unknown(answer.failure);
  if (answer.status === 401)
    return {
      problem: {
        path: place,
        reason: `Keystone at ${access.server} does not take this application credential: it is wrong, has expired or was deleted`,
        mend,
      },
    };
  if (answer.status !== 201) return unknown(`it answers ${answer.status}`);
  const read = token.safeParse(asJson(answer.body));
  if (!read.success) return unknown("it did not say");
  const { application_credential: credential, roles } = read.data.token;
  if (!credential.restricted) return {};
  return {
    onlyReads: roles.length > 0 && roles.every(({ name }) => name === "reader"),
    problem: {
      path: place,
      reason: `the application credential "${credential.name}" may make no others, and this environment makes some: for ${clients.join(", for ")}`,
      mend: `${mend}; moat:cluster.checks: false is for updates that make none`,
    },
  };
}

const mend =
  "make one that may, openstack application credential create --unrestricted <name>, or be a user with a password";

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
