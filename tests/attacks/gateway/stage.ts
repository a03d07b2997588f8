/** Doors to the read gateway and to its twins, and the attacker's token. */
import { setTimeout as delay } from "node:timers/promises";
import { gatewayAudience, namespaceHeader, ports, programs } from "../../../components/names";
import { bareGet, readyPod } from "../../support/live/bare";
import { type Environment, environment } from "../../support/live/environment";
import { type Forward, forward } from "../../support/live/forward";
import { gatewayOf } from "../../support/live/gateway";
import { type Answer, type Ask, keepAlive, type Server, send } from "../../support/live/http";
import { apply, type KubernetesObject, remove, tokenFor } from "../../support/live/kubectl";
import { until } from "../../support/live/progress";
import { platformNamespace } from "../../support/live/settings";
import { type Authorities, readAuthorities, readerBindings } from "./authorities";
import { attacker, canary, victim } from "./traces";
import { makeTwins, removeTwins, twinName } from "./twins";
import { type WeaknessName, weaknesses } from "./weaknesses";

/** A way to one gateway. */
export interface Door {
  readonly name: string;
  readonly server: () => Promise<Server>;
  /** Opens it anew when the way to this server is broken. */
  readonly mend: (server: Server) => void;
}

export interface Stage {
  readonly env: Environment;
  /** The gateway as users reach it, and as pods do, without the edge before it. */
  readonly real: readonly Door[];
  readonly twin: (weakness: WeaknessName) => Door;
  /** Tokens of the tenants' accounts for the gateway. */
  readonly tokens: Readonly<Record<typeof attacker | typeof victim, string>>;
  /** Who signs what. */
  readonly authorities: Authorities;
  readonly close: () => Promise<void>;
}

/** What beta has of rules and alerts for attackers to look for. */
const canaryRule: KubernetesObject = {
  apiVersion: "monitoring.coreos.com/v1",
  kind: "PrometheusRule",
  metadata: { name: "attack-canary", namespace: victim },
  spec: {
    groups: [
      {
        name: "attack-canary",
        interval: "30s",
        rules: [
          { record: canary.record, expr: "sum by (shop) (sample_orders_total)" },
          { alert: canary.alert, expr: "vector(1)", labels: { severity: "none" } },
        ],
      },
    ],
  },
};

/** Server name that the gateway's certificate is for. */
const host = `${programs.readGateway}.${platformNamespace}.svc`;

/** Brings up twins with the given weaknesses, and beta's canary when rules are looked for. */
export async function openStage(names: readonly WeaknessName[], withCanary: boolean): Promise<Stage> {
  const env = await environment();
  const forwards: Forward[] = [];
  const close = async (): Promise<void> => {
    for (const f of forwards) f.close();
    await Promise.all([removeTwins(), remove(canaryRule, ...readerBindings)]);
  };
  const through = (name: string, pod: string, scheme: string, port: number): Door => {
    const tunnel = forward(platformNamespace, pod, port);
    forwards.push(tunnel);
    const agent = keepAlive(8);
    const fixed = { url: `${scheme}://${host}:${port}`, ca: env.caCertificate, servername: host, agent };
    return {
      name,
      server: async () => ({ ...fixed, address: { host: "127.0.0.1", port: await tunnel.port() } }),
      mend: ({ address }) => tunnel.renew(address?.port ?? 0),
    };
  };
  try {
    await apply(...readerBindings);
    if (withCanary) await apply(canaryRule);
    const [pod] = await Promise.all([
      readyPod(programs.readGateway),
      makeTwins(names),
      withCanary ? canaryShows() : undefined,
    ]);
    const edge = gatewayOf(env);
    const twins = new Map(
      names.map((name) => {
        const { scheme, port } = weaknesses[name];
        return [name, through(`without ${weaknesses[name].without}`, twinName(name), scheme, port)] as const;
      }),
    );
    return {
      env,
      real: [
        { name: "edge", server: async () => edge, mend: () => undefined },
        through("gateway", pod.metadata.name, "https", ports.readGateway),
      ],
      twin: (weakness) => {
        const door = twins.get(weakness);
        if (door === undefined) throw new Error(`no twin ${weakness} was made`);
        return door;
      },
      authorities: await readAuthorities(),
      tokens: { [attacker]: await tokenOf(env, attacker), [victim]: await tokenOf(env, victim) },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const canaryShows = (): Promise<unknown> =>
  until("beta's alert", 180, async () => (await bareGet("/api/v1/alerts")).includes(canary.alert));

async function tokenOf(env: Environment, tenant: string): Promise<string> {
  const it = env.tenants[tenant];
  if (it === undefined) throw new Error(`the stack has no tenant "${tenant}"`);
  return tokenFor(it.serviceAccountNamespace, it.serviceAccount, gatewayAudience);
}

export const bearer = (token: string) => ["Authorization", `Bearer ${token}`] as const;
export const inNamespace = (namespace: string) => [namespaceHeader, namespace] as const;

/** Headers of the attacker's honest requests. */
export const ownHeaders = (stage: Stage) => [bearer(stage.tokens[attacker]), inNamespace(attacker)];

/** One request with exactly the given headers. */
export const knock = (door: Door, ask: Ask): Promise<Answer> => at(door, (server) => send(server, ask));

/** Does something at a door. A tunnel that broke is opened anew: a server that cuts one connection breaks it for all. */
export async function at<T>(door: Door, act: (server: Server) => Promise<T>, tries = 3): Promise<T> {
  const server = await door.server();
  try {
    return await act(server);
  } catch (error) {
    if (tries === 1 || !(isBroken(error) || isSilent(error))) throw error;
    await delay(200);
    door.mend(server);
    return at(door, act, tries - 1);
  }
}

/** Whether the connection failed, rather than the request. */
export const isBroken = (error: unknown): boolean =>
  /ECONNRE|EPIPE|socket hang up|socket disconnected|aborted/.test(String(error));

/** A tunnel may also take connections and lead nowhere. */
const isSilent = (error: unknown): boolean => String(error).includes("did not answer within");
