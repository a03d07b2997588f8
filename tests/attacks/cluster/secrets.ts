/**
 * Keys and tokens where whoever looks around would find them: in objects that are no Secrets, environments of containers, logs and the
 * state. The search must find what is planted, or it finds nothing anywhere.
 */
import { randomBytes } from "node:crypto";
import { images } from "../../../versions";
import { found, objectStoreKeys } from "../../e2e/credentials";
import { environment } from "../../support/live/environment";
import { apply, type KubernetesObject, kubectl, logs, pods, remove } from "../../support/live/kubectl";
import { podObject } from "../../support/live/pods";
import { until } from "../../support/live/progress";
import { exportState } from "../../support/live/pulumi";
import { platformNamespace } from "../../support/live/settings";
import type { Attack, Outcome, Part } from "../attack";
import { once } from "./once";
import { namespace } from "./stage";

type Secrets = Readonly<Record<string, string>>;

const place = "attack-secrets";

/** All objects of a namespace but Secrets. */
async function objectsOf(inNamespace: string): Promise<string> {
  const kinds = (await kubectl(["api-resources", "--namespaced", "--verbs=list", "-o", "name"]))
    .split("\n")
    .filter((kind) => kind !== "" && kind !== "secrets" && !kind.endsWith(".metrics.k8s.io"));
  return kubectl(["get", kinds.join(","), "-n", inNamespace, "-o", "json"]);
}

async function logsOf(inNamespace: string): Promise<string> {
  const containers = (await pods(inNamespace)).flatMap((p) =>
    p.spec.containers.map((c) => logs(inNamespace, p.metadata.name, c.name).catch(whenSilent)),
  );
  return (await Promise.all(containers)).join("\n");
}

/** Pods of other attacks come and go: one that is gone has no log, and one that has not started has said nothing. */
function whenSilent(error: unknown): string {
  if (error instanceof Error && /NotFound|is waiting to start/.test(error.message)) return "";
  throw error;
}

/** A ConfigMap that holds a key, and a pod that says it. */
const plants = (key: string): KubernetesObject[] => [
  { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "plant", namespace: place }, data: { key } },
  podObject({
    name: "plant",
    namespace: place,
    containers: [
      { name: "promtool", image: images.prometheus, command: ["/bin/promtool", "check", "config", key] },
    ],
  }),
];

function make(): Part {
  // A key that opens nothing: real ones are not to be written about.
  const planted = randomBytes(24).toString("hex");
  const secrets = once(
    async (): Promise<Secrets> => ({
      ...(await objectStoreKeys()),
      "password of the query page": (await environment()).queryPassword,
      "planted key": planted,
    }),
  );
  const search = async (text: string): Promise<Outcome> => {
    const names = found(text, await secrets());
    return {
      leaked: names.length > 0,
      seen: names.length === 0 ? "nothing" : [...new Set(names)].join(", "),
    };
  };
  const attack = (
    name: string,
    look: () => Promise<string>,
    without: string,
    twin: () => Promise<string>,
  ): Attack => ({
    name: `looks for keys and tokens in ${name}`,
    surface: "secrets",
    rule: "S3",
    expected: "nothing",
    play: async () => search(await look()),
    without,
    teeth: async () => search(await twin()),
  });
  const inObjects = (inNamespace: string) =>
    attack(
      `objects and environments of ${inNamespace}`,
      () => objectsOf(inNamespace),
      "a key written into a ConfigMap",
      () => objectsOf(place),
    );
  const inLogs = (inNamespace: string) =>
    attack(
      `logs of ${inNamespace}`,
      () => logsOf(inNamespace),
      "a program that logs a key",
      () => logsOf(place),
    );
  return {
    attacks: [
      ...[platformNamespace, "alpha", "beta"].map(inObjects),
      ...[platformNamespace, "alpha"].map(inLogs),
      attack("the engine's state", exportState, "a state whose secrets are not encrypted", () =>
        exportState("--show-secrets"),
      ),
    ],
    concurrency: 2,
    setUp: async () => {
      await remove(namespace(place));
      await apply(namespace(place), ...plants(planted));
      await until("the plant to have said its key", 90, async () => (await logsOf(place)).includes(planted));
    },
    tearDown: () => remove(namespace(place)),
  };
}

export const secretsPart = make();
