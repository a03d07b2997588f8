/** A tenant's data source: asks the read gateway through the edge, by token and namespace header. */
import { gatewayAudience, namespaceHeader } from "../../../components/names";
import type { Environment } from "./environment";
import { type Answer, type Ask, keepAlive, type Server, send } from "./http";
import { tokenFor } from "./kubectl";
import {
  type Labels,
  type Matrix,
  queryString,
  readMatrix,
  readNames,
  readRules,
  readSeries,
  readVector,
  type Vector,
} from "./prometheusApi";

type Parameters = Readonly<Record<string, string | readonly string[]>>;

export class TenantClient {
  constructor(
    private readonly server: Server,
    readonly token: string,
    /** Namespaces that it asks for. */
    readonly namespaces: readonly string[],
  ) {}

  /** The same account asking for other namespaces. */
  askingFor(...namespaces: readonly string[]): TenantClient {
    return new TenantClient(this.server, this.token, namespaces);
  }

  /** Exactly the given headers, so none of its own. */
  raw(ask: Ask): Promise<Answer> {
    return send(this.server, ask);
  }

  /** With its token and namespaces. */
  ask(ask: Ask): Promise<Answer> {
    const headers = [...this.headers(), ...(ask.headers ?? [])];
    return this.raw({ ...ask, headers });
  }

  headers(): (readonly [string, string])[] {
    const chosen = this.namespaces.map((n) => [namespaceHeader, n] as const);
    return [["Authorization", `Bearer ${this.token}`], ...chosen];
  }

  /** GET that must be answered with 200. */
  async get(path: string, parameters: Parameters = {}): Promise<string> {
    const answer = await this.ask({ path: `${path}?${queryString(parameters)}` });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body.slice(0, 500)}`);
    return answer.body;
  }

  async query(query: string, more: Parameters = {}): Promise<Vector> {
    return readVector(await this.get("/api/v1/query", { query, ...more }));
  }

  /** An instant query whose answer is a range, as `up[5m]`: samples as they are stored. */
  async samples(query: string, more: Parameters = {}): Promise<Matrix> {
    return readMatrix(await this.get("/api/v1/query", { query, ...more }));
  }

  async range(query: string, start: number, end: number, step: number): Promise<Matrix> {
    const parameters = { query, start: String(start), end: String(end), step: String(step) };
    return readMatrix(await this.get("/api/v1/query_range", parameters));
  }

  async series(...match: readonly string[]): Promise<Labels[]> {
    return readSeries(await this.get("/api/v1/series", { "match[]": match }));
  }

  async labels(): Promise<string[]> {
    return readNames(await this.get("/api/v1/labels"));
  }

  async labelValues(label: string): Promise<string[]> {
    return readNames(await this.get(`/api/v1/label/${label}/values`));
  }

  async rules(): Promise<ReturnType<typeof readRules>> {
    return readRules(await this.get("/api/v1/rules"));
  }
}

/** The gateway as users reach it. `address`: where the edge listens, for whoever cannot look up its name. */
export const gatewayOf = (env: Environment, address?: Server["address"]): Server => ({
  url: env.readGatewayUrl,
  ca: env.caCertificate,
  agent: keepAlive(16),
  ...(address && { address }),
});

/** A tenant of the stack with its data source's account, asking for its first namespace. */
export async function tenantClient(
  env: Environment,
  tenant: string,
  address?: Server["address"],
): Promise<TenantClient> {
  const it = env.tenants[tenant];
  if (it === undefined) throw new Error(`the stack has no tenant "${tenant}"`);
  const token = await tokenFor(it.serviceAccountNamespace, it.serviceAccount, gatewayAudience);
  return new TenantClient(gatewayOf(env, address), token, it.namespaces.slice(0, 1));
}
