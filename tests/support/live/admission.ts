/** Switches admission off and on, so that what holds at run time is seen alone. */
import { z } from "zod";
import { objectLabels, programs } from "../../../components/names";
import { run } from "../../../toolchain/shell";
import { type KubernetesObject, kubectl, kubectlJson } from "./kubectl";
import { until } from "./progress";
import { platformNamespace } from "./settings";

const list = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

/** Whose namespaces the webhook is asked about. */
const askedAbout = `/webhooks/0/namespaceSelector/matchLabels/${objectLabels.role.replace("/", "~1")}`;

/**
 * Has the API server refuse what rules of tenants forbid, or only note it. Done when it treats the examples so, which takes a moment;
 * each must break a rule.
 */
export async function admission(refuses: boolean, examples: readonly KubernetesObject[]): Promise<void> {
  const { items } = await kubectlJson(list, ["get", "validatingadmissionpolicybindings"]);
  const names = items
    .map(({ metadata }) => metadata.name)
    .filter((name) => name.startsWith(`${platformNamespace}-`));
  const patch = { spec: { validationActions: refuses ? ["Deny", "Audit"] : ["Audit"] } };
  await kubectl([
    ...["patch", "validatingadmissionpolicybindings", ...names],
    ...["--type=merge", "--patch", JSON.stringify(patch)],
  ]);
  // The webhook as well: it is asked about nobody's rules then.
  await kubectl([
    ...["patch", "validatingwebhookconfiguration", `${platformNamespace}-${programs.admissionWebhook}`],
    ...[
      "--type=json",
      "--patch",
      JSON.stringify([{ op: "replace", path: askedAbout, value: refuses ? "tenant" : "nobody" }]),
    ],
  ]);
  await until(`the API server to ${refuses ? "refuse" : "only note"} what is forbidden`, 60, async () => {
    const refusals = await Promise.all(examples.map(isForbidden));
    return refusals.every((refused) => refused === refuses);
  });
}

/** Whether a rule forbids the object. Nothing is stored. */
export async function isForbidden(object: KubernetesObject): Promise<boolean> {
  const { stderr } = await run("kubectl", ["create", "--dry-run=server", "-f", "-"], {
    input: JSON.stringify(object),
  });
  return /denied (the )?request: /.test(stderr);
}
