/** An API server with all kinds that samples need, an author who may create everything, and the rules in force. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { partsOf, resources } from "../../policies/kinds";
import type { Fields, Sample } from "../../policies/rule";
import { testCrdFolder } from "../../toolchain/crds";
import { startOwnApiServer } from "../support/apiServer";
import { until } from "../support/live/progress";
import { type Answer, Client } from "./client";
import { authorOf, bindingOf, group, objectOf, type Policy, policies, probe } from "./policies";
import { namespaceName } from "./verdicts";
import { definition, wrap, wrapping } from "./wrapped";

const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

const typeWarning = z.object({ fieldRef: z.string(), warning: z.string() });

/** What the type checker says to one condition: a paragraph for each kind that it does not fit. */
export type TypeWarning = z.output<typeof typeWarning>;

const status = z.object({
  metadata: z.object({ generation: z.number() }),
  status: z
    .object({
      observedGeneration: z.number().optional(),
      typeChecking: z.object({ expressionWarnings: z.array(typeWarning).optional() }).optional(),
    })
    .optional(),
});

const version = z.object({ metadata: z.object({ resourceVersion: z.string() }) });
const refusal = z.object({ message: z.string() });
const lists = z.object({ resources: z.array(z.object({ name: z.string(), namespaced: z.boolean() })) });

export class AdmissionCluster {
  private readonly namespaced = new Set<string>();

  private constructor(
    private readonly client: Client,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(namespaces: readonly string[]): Promise<AdmissionCluster> {
    const server = await startOwnApiServer();
    const cluster = new AdmissionCluster(new Client(server.kubeconfig), () => server.stop());
    try {
      await cluster.define();
      await cluster.admitAuthors();
      await Promise.all([...namespaces].map((name) => cluster.makeNamespace(name)));
      return cluster;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  private async define(): Promise<void> {
    const files = readdirSync(testCrdFolder)
      .filter((file) => file.endsWith(".json"))
      .map((file) => readFileSync(join(testCrdFolder, file), "utf8"));
    const all: object[] = [definition, ...files.map((text) => JSON.parse(text))];
    await Promise.all(all.map((crd) => this.client.must("POST", definitions, crd)));
    const versions = new Set(
      [...Object.keys(resources), `${wrapping.group}/${wrapping.version}/${wrapping.kind}`].map((kind) =>
        apiOf(kind),
      ),
    );
    for (const path of versions) {
      const wanted = Object.entries(resources).filter(([kind]) => apiOf(kind) === path);
      const found = await soon(`kinds of ${path}`, async () => {
        const { status: code, body } = await this.client.ask("GET", path);
        const served = code === 200 ? lists.parse(body).resources : [];
        return served.length > 0 && wanted.every(([, name]) => served.some((r) => r.name === name))
          ? served
          : undefined;
      });
      for (const { name, namespaced } of found) if (namespaced) this.namespaced.add(`${path}/${name}`);
    }
  }

  /** Everything but the right by which the platform's administrators are known. */
  private async admitAuthors(): Promise<void> {
    const rbac = "/apis/rbac.authorization.k8s.io/v1";
    const apiGroups = new Set([wrapping.group, ...Object.keys(resources).map((kind) => partsOf(kind).group)]);
    await this.client.must("POST", `${rbac}/clusterroles`, {
      metadata: { name: group },
      rules: [{ apiGroups: [...apiGroups], resources: ["*"], verbs: ["*"] }],
    });
    await this.client.must("POST", `${rbac}/clusterrolebindings`, {
      metadata: { name: group },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: group },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: group }],
    });
  }

  /** A namespace in which pods may be made: they need the account that a controller makes. */
  private async makeNamespace(name: string): Promise<void> {
    if (name !== "default") await this.client.must("POST", "/api/v1/namespaces", { metadata: { name } });
    await soon(`the service account of ${name}`, async () => {
      const { status: code } = await this.client.ask(
        "GET",
        `/api/v1/namespaces/${name}/serviceaccounts/default`,
      );
      return code === 200 ? true : undefined;
    });
  }

  /** Makes the policy and gives what the type checker says, or why the server does not take it at all. */
  async typeWarnings(policy: Policy): Promise<TypeWarning[]> {
    const { path, object } = objectOf(policy);
    const made = await this.client.ask("POST", path, object);
    if (made.status >= 300) return [{ fieldRef: "spec", warning: refusal.parse(made.body).message }];
    const checked = await soon(`type checking of ${policy.name}`, async () => {
      const seen = status.parse(await this.client.must("GET", `${policies}/${policy.name}`));
      return seen.status?.observedGeneration === seen.metadata.generation ? seen.status : undefined;
    });
    return checked.typeChecking?.expressionWarnings ?? [];
  }

  async forget({ name }: Policy): Promise<void> {
    await this.client.must("DELETE", `${policies}/${name}`);
  }

  /** Puts the policies in force. The server takes them up in the order in which they were bound. */
  async bind(all: readonly Policy[]): Promise<void> {
    await this.typeWarnings(probe);
    for (const policy of [...all, probe]) {
      const { path, object } = bindingOf(policy);
      await this.client.must("POST", path, object);
    }
  }

  /** Gives a namespace these labels and annotations, and waits until the policies see them. */
  async setNamespace(namespace: { readonly metadata: { readonly name: string } }): Promise<void> {
    const { name } = namespace.metadata;
    const path = `/api/v1/namespaces/${name}`;
    const { metadata } = version.parse(await this.client.must("PUT", path, namespace));
    await soon(`the change of namespace ${name}`, async () => {
      const { body } = await this.client.ask(
        "POST",
        `${path}/configmaps?dryRun=All`,
        { metadata: { name: "probe" } },
        authorOf(probe.name),
      );
      const { data } = refusal.safeParse(body);
      return data?.message.endsWith(`denied request: ${metadata.resourceVersion}`) ? true : undefined;
    });
  }

  /** What the server would do if the author of the policy `name` removed the sample. */
  remove(sample: Sample, name: string): Promise<Answer> {
    return this.whileItStands(sample, (path) =>
      this.client.ask("DELETE", `${path}?dryRun=All`, undefined, authorOf(name)),
    );
  }

  /** What the server would do if the author of the policy `name` wrote the sample's status. */
  writeStatus(sample: Sample, name: string): Promise<Answer> {
    return this.whileItStands(sample, (path) =>
      this.client.ask("PUT", `${path}/status?dryRun=All`, sample.object, authorOf(name)),
    );
  }

  /** What the server says to the author of the policy `name` who connects through it. Nothing is there to connect to. */
  connect({ object }: Sample, name: string): Promise<Answer> {
    const kind = `${String(object.apiVersion)}/${String(object.kind)}`;
    const [resource, part] = resourceOf(kind).split("/");
    const path = `${apiOf(kind)}/namespaces/${namespaceName(object.metadata)}/${resource}/${nameOf({ object })}/${part}`;
    return this.client.ask("POST", path, undefined, authorOf(name));
  }

  /** Makes the sample for as long as something is asked about it. */
  private async whileItStands(sample: Sample, ask: (path: string) => Promise<Answer>): Promise<Answer> {
    const objectPath = `${this.pathOf(sample)}/${nameOf(sample)}`;
    await this.client.must("POST", this.pathOf(sample), sample.object);
    try {
      return await ask(objectPath);
    } finally {
      await this.client.must("DELETE", `${objectPath}?gracePeriodSeconds=0`);
      await soon(`the removal of ${objectPath}`, async () => {
        const { status: code } = await this.client.ask("GET", objectPath);
        return code === 404 ? true : undefined;
      });
    }
  }

  /** What the server would do with the sample, if the author of the policy `name` sent it. */
  send(sample: Sample, name: string): Promise<Answer> {
    const object = sample.type === undefined ? sample.object : wrap(sample);
    return this.client.ask(
      "POST",
      `${this.pathOf(sample)}?dryRun=All&fieldValidation=Strict`,
      object,
      authorOf(name),
    );
  }

  private pathOf(sample: Sample): string {
    if (sample.type !== undefined) return `/apis/${wrapping.group}/${wrapping.version}/${wrapping.plural}`;
    const { apiVersion, kind, metadata }: Fields = sample.object;
    const name = `${String(apiVersion)}/${String(kind)}`;
    const resource = resourceOf(name);
    const api = apiOf(name);
    return this.namespaced.has(`${api}/${resource}`)
      ? `${api}/namespaces/${namespaceName(metadata)}/${resource}`
      : `${api}/${resource}`;
  }
}

function resourceOf(kind: string): string {
  const resource = Object.entries(resources).find(([known]) => known === kind)?.[1];
  if (resource === undefined) throw new Error(`a sample is of ${kind}, which is not in the table of kinds`);
  return resource;
}

const named = z.object({ metadata: z.object({ name: z.string() }) });

const nameOf = ({ object }: Sample): string => named.parse(object).metadata.name;

/** Asks often: what is waited for takes a second or two. */
const soon = <T>(what: string, ask: () => Promise<T | undefined>): Promise<T> => until(what, 60, ask, 0.05);

/** Path of the kind's group and version. */
function apiOf(kind: string): string {
  const { group: apiGroup, version: apiVersion } = partsOf(kind);
  return apiGroup === "" ? `/api/${apiVersion}` : `/apis/${apiGroup}/${apiVersion}`;
}
