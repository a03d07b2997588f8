/** Where the object store's credentials and other secrets may not be: logs, plain objects, state in the clear. */
import { parse } from "yaml";
import { z } from "zod";
import { programs } from "../../components/names";
import { readyPod } from "../support/live/bare";
import { kubectl, kubectlJson, logs, pods } from "../support/live/kubectl";
import { platformNamespace } from "../support/live/settings";

const secretData = z.object({ data: z.record(z.string(), z.string()) });
const bucketConfig = z.object({
  config: z.object({ access_key: z.string().min(8), secret_key: z.string().min(16) }),
});

/** Both keys to the object store, by name, as the store gateway has them. */
export async function objectStoreKeys(): Promise<Record<string, string>> {
  const volume = (await readyPod(programs.store)).spec.volumes.find((v) => v.secret !== undefined);
  const name = volume?.secret?.secretName ?? "object-store";
  const { data } = await kubectlJson(secretData, ["get", "secret", name, "-n", platformNamespace]);
  const text = Buffer.from(data["objstore.yml"] ?? "", "base64").toString();
  const { access_key, secret_key } = bucketConfig.parse(parse(text)).config;
  return { "access key": access_key, "secret key": secret_key };
}

/** A token as Kubernetes issues them. */
const jwt = /eyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}/;

/** Names of the secrets that stand in a text, plain or in base64; `token` for anything that looks like one. */
export function found(text: string, secrets: Readonly<Record<string, string>>): string[] {
  const names = Object.entries(secrets)
    .filter(([, value]) => text.includes(value) || text.includes(Buffer.from(value).toString("base64")))
    .map(([name]) => name);
  return jwt.test(text) ? [...names, "token"] : names;
}

/** Where each log or object of a namespace shows a secret. */
export async function leaks(namespace: string, secrets: Readonly<Record<string, string>>): Promise<string[]> {
  const list: string[] = [];
  for (const pod of await pods(namespace)) {
    for (const { name } of pod.spec.containers) {
      const text = await logs(namespace, pod.metadata.name, name);
      list.push(...found(text, secrets).map((s) => `log of ${pod.metadata.name}/${name}: ${s}`));
    }
  }
  const kinds = (await kubectl(["api-resources", "--namespaced", "--verbs=list", "-o", "name"]))
    .split("\n")
    .filter((kind) => kind !== "" && kind !== "secrets" && !kind.endsWith(".metrics.k8s.io"));
  const objects = await kubectl(["get", kinds.join(","), "-n", namespace, "-o", "json"]);
  return [...list, ...found(objects, secrets).map((s) => `objects of ${namespace}: ${s}`)];
}
