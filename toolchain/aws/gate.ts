/** The way to AWS's names on this machine: a proxy that leads all of them to one port of loopback, and others nowhere. */
import { createServer } from "node:http";
import { connect } from "node:net";

export interface Gate {
  /** For HTTPS_PROXY. */
  readonly url: string;
  /** Names that clients asked for. */
  readonly asked: Set<string>;
  close(): void;
}

export function openGate(port: number): Promise<Gate> {
  const asked = new Set<string>();
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on("connect", ({ url = "" }, client) => {
    const [host = ""] = url.split(":");
    asked.add(host);
    if (!host.endsWith(".amazonaws.com")) {
      client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    const aws = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.pipe(aws).pipe(client);
    });
    // Clients come and go; either end takes the other with it.
    aws.on("error", () => client.destroy());
    client.on("error", () => aws.destroy());
  });
  return new Promise((done, failed) => {
    server.on("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const own = typeof address === "object" && address !== null ? address.port : 0;
      done({ url: `http://127.0.0.1:${own}`, asked, close: () => void server.close() });
    });
  });
}
