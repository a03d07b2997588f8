/** Tokens that were valid once: what they stood for is gone. */
import { gatewayAudience } from "../../../components/names";
import { apply, type KubernetesObject, kubectl, remove, tokenFor } from "../../support/live/kubectl";
import { accountIn, readerBinding, withObjects } from "../../support/live/throwaway";
import type { Outcome } from "../attack";
import { bearer, type Door, inNamespace, knock } from "../gateway/stage";
import { byTraces, victim } from "../gateway/traces";

const asks = async (door: Door, token: string): Promise<Outcome> =>
  byTraces(
    await knock(door, {
      path: "/api/v1/query?query=sample_orders_total",
      headers: [bearer(token), inNamespace(victim)],
    }),
  );

let made = 0;

/** An account of the victim's that may read, for as long as `use` runs. */
function withReader(use: (account: KubernetesObject) => Promise<Outcome>): Promise<Outcome> {
  const account = accountIn(victim, `attack-reader-${process.pid}-${made++}`);
  return withObjects([account, readerBinding(victim, account)], () => use(account));
}

const tokenOf = (account: KubernetesObject): Promise<string> =>
  tokenFor(victim, account.metadata.name, gatewayAudience);

export const withDeletedAccount = (door: Door): Promise<Outcome> =>
  withReader(async (account) => {
    const token = await tokenOf(account);
    await remove(account);
    return asks(door, token);
  });

/** The name has its rights again; the token is of its predecessor. */
export const withReplacedAccount = (door: Door): Promise<Outcome> =>
  withReader(async (account) => {
    const token = await tokenOf(account);
    await remove(account);
    await apply(account);
    return asks(door, token);
  });

export const withDeletedSecret = (door: Door): Promise<Outcome> =>
  withReader(async ({ metadata: { name } }) => {
    const secret: KubernetesObject = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name, namespace: victim },
    };
    const bound = ["--bound-object-kind", "Secret", "--bound-object-name", name];
    const said = await withObjects([secret], () =>
      kubectl(["create", "token", name, "-n", victim, "--audience", gatewayAudience, ...bound]),
    );
    return asks(door, said.trim());
  });
