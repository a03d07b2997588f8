/** OpenStack's APIs, as far as setting up and testing needs them. */
import { request as plain } from "node:http";
import { request } from "node:https";
import { z } from "zod";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Ask {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly data?: Buffer;
}

export function ask(
  ca: string,
  method: string,
  url: string,
  { token, headers, json, data }: Ask = {},
): Promise<Answer> {
  const body = json === undefined ? data : Buffer.from(JSON.stringify(json));
  const options = {
    method,
    ca,
    headers: {
      ...headers,
      ...(token !== undefined && { "X-Auth-Token": token }),
      ...(body !== undefined && {
        ...(json !== undefined && { "Content-Type": "application/json" }),
        "Content-Length": Buffer.byteLength(body),
      }),
    },
    timeout: 60_000,
  };
  return new Promise((done, failed) => {
    const asked = (url.startsWith("https:") ? request : plain)(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", failed);
      response.on("end", () =>
        done({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    asked.on("timeout", () => asked.destroy(new Error(`no answer to ${method} ${url} within a minute`)));
    asked.on("error", failed);
    asked.end(body);
  });
}

export interface Login {
  readonly url: string;
  readonly ca: string;
  readonly user: string;
  readonly password: string;
  readonly project: string;
}

const token = z.object({
  token: z.object({ user: z.object({ id: z.string() }), project: z.object({ id: z.string() }) }),
});

/** Asks as one user, with a token of Keystone. */
export class Session {
  private constructor(
    private readonly ca: string,
    private readonly token: string,
    readonly userId: string,
    readonly projectId: string,
  ) {}

  static async open({ url, ca, user, password, project }: Login): Promise<Session> {
    const domain = { id: "default" };
    const auth = {
      identity: { methods: ["password"], password: { user: { name: user, domain, password } } },
      scope: { project: { name: project, domain } },
    };
    const answer = await ask(ca, "POST", `${url}/auth/tokens`, { json: { auth } });
    const value = answer.headers["x-subject-token"];
    if (answer.status !== 201 || typeof value !== "string")
      throw new Error(`Keystone lets ${user} not in: ${tell(answer)}`);
    const { user: who, project: where } = token.parse(JSON.parse(answer.body)).token;
    return new Session(ca, value, who.id, where.id);
  }

  ask(method: string, url: string, what: Omit<Ask, "token"> = {}): Promise<Answer> {
    return ask(this.ca, method, url, { ...what, token: this.token });
  }

  /** Asks for something that must succeed. */
  async must(method: string, url: string, what: Omit<Ask, "token"> = {}): Promise<Answer> {
    const answer = await this.ask(method, url, what);
    if (answer.status >= 400) throw new Error(`${method} ${url}: ${tell(answer)}`);
    return answer;
  }

  /** Sends JSON, and reads what comes back. */
  async json<T>(shape: z.ZodType<T>, method: string, url: string, json?: unknown): Promise<T> {
    const answer = await this.must(method, url, json === undefined ? {} : { json });
    return shape.parse(JSON.parse(answer.body));
  }
}

const tell = ({ status, body }: Answer): string => `${status} ${body.slice(0, 300)}`;
