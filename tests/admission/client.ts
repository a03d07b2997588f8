/** The API server as its clients see it: plain requests, in the name of anybody. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { keepAlive, type Server, send } from "../support/live/http";

const kubeconfig = z.object({
  clusters: z.tuple([
    z.object({ cluster: z.object({ server: z.string(), "certificate-authority-data": z.base64() }) }),
  ]),
  users: z.tuple([z.object({ user: z.object({ token: z.string() }) })]),
});

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Who sends a request, if not the administrator. */
export interface Author {
  readonly user: string;
  readonly group: string;
}

export class Client {
  private readonly server: Server;
  private readonly token: string;

  constructor(file: string) {
    const { clusters, users } = kubeconfig.parse(JSON.parse(readFileSync(file, "utf8")));
    const { cluster } = clusters[0];
    this.server = {
      url: cluster.server,
      ca: Buffer.from(cluster["certificate-authority-data"], "base64").toString(),
      // One of the names in its certificate; an address is none.
      servername: "kubernetes",
      agent: keepAlive(8),
    };
    this.token = users[0].user.token;
  }

  async ask(method: string, path: string, body?: object, author?: Author): Promise<Answer> {
    const contentType = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const { status, body: text } = await send(this.server, {
      method,
      path,
      headers: [
        ["Authorization", `Bearer ${this.token}`],
        ["Content-Type", contentType],
        ...(author === undefined
          ? []
          : ([
              ["Impersonate-User", author.user],
              ["Impersonate-Group", author.group],
              ["Impersonate-Group", "system:authenticated"],
            ] as const)),
      ],
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status, body: JSON.parse(text) };
  }

  /** A request of the administrator, which must succeed. */
  async must(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await this.ask(method, path, body);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 2000)}`);
  }
}
