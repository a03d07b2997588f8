/**
 * Environments that make their own cluster, made in a test: objects go to the API server of the test, and a provider that remembers stands
 * for the cloud.
 */
import { join } from "node:path";
import { root } from "../../../toolchain/paths";
import { inTypeScript, json } from "./programs";
import type { Stack } from "./stack";

/**
 * The whole program. There are no machines, so nobody waits for them or for what would run on them; and the kubeconfig, once it is known, leads
 * to the API server of the test.
 */
export const programOn = (kubeconfig: string): string => `${inTypeScript}
const fs = require("fs");
const readiness = require.resolve(${json(join(root, "components/cluster/openstack/readiness.ts"))});
require.cache[readiness] = { id: readiness, filename: readiness, loaded: true, exports: { untilReady: async () => {} } };
const kubeconfig = fs.readFileSync(${json(kubeconfig)}, "utf8");
pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
  if (type === "pulumi:providers:kubernetes")
    return { props: { ...props, kubeconfig: pulumi.secret(pulumi.output(props.kubeconfig).apply(() => kubeconfig)) }, opts };
  if (!type.startsWith("kubernetes:")) return undefined;
  const metadata = pulumi.output(props.metadata ?? {}).apply((m) => ({ ...m, annotations: { ...m.annotations, "pulumi.com/skipAwait": "true" } }));
  return { props: { ...props, metadata }, opts };
});
module.exports = require(${json(join(root, "index.ts"))});
`;

const destroyInADryRun = (stack: Stack) => stack.pulumi(["destroy", "--stack", "test", "--preview-only"]);

/** The resource that Pulumi refuses to delete, by its URN. It names one, and ends. */
const refused = (text: string): string | undefined => /"(urn:[^"]+)" cannot be deleted/.exec(text)?.[1];

/** Names of what is protected, in the state as it is. */
export const protectedOf = async (stack: Stack): Promise<string[]> =>
  (await stack.resources())
    .filter((r) => r.protect)
    .map(nameOf)
    .sort();

/**
 * Lifts every protection, the last one only when a dry run of `destroy` was refused for it alone. Gives what the dry run says that is not
 * refused any more.
 */
export async function unprotected(stack: Stack): Promise<string> {
  const urns = (await stack.resources()).filter((r) => r.protect).map(({ urn }) => urn);
  if (refused((await destroyInADryRun(stack)).text) === undefined)
    throw new Error("nothing was refused, with everything protected");
  for (const urn of urns) {
    if (urn === urns.at(-1)) {
      const { ok, text } = await destroyInADryRun(stack);
      if (ok || refused(text) !== urn) throw new Error(`${urn} is protected, and was not refused:\n${text}`);
    }
    await stack.pulumi(["state", "unprotect", urn, "--stack", "test", "--yes"]);
  }
  const { ok, text } = await destroyInADryRun(stack);
  if (!ok) throw new Error(`it is refused with nothing protected:\n${text}`);
  return text;
}

const nameOf = ({ urn }: { readonly urn: string }): string => urn.split("::").at(-1) ?? urn;
