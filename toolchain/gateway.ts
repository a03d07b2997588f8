/** Asks the read gateway as a tenant. Names under .localhost do not resolve everywhere, so the address is given. */
import { request } from "node:https";
import { gatewayAudience, namespaceHeader } from "../components/names";
import { kubectl } from "./cluster/kubectl";
import { ToolError } from "./errors";
import type { Outputs, Tenant } from "./outputs";

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** How long the gateway may take for an answer, in ms. */
const patience = 30_000;

/** A token that only the gateway accepts, for ten minutes, from the API server. */
export const tokenFor = async (tenant: Tenant, duration = "10m"): Promise<string> =>
  (
    await kubectl(
      "create",
      "token",
      tenant.serviceAccount,
      `--namespace=${tenant.serviceAccountNamespace}`,
      `--audience=${gatewayAudience}`,
      `--duration=${duration}`,
    )
  ).trim();

export interface Question {
  readonly path: string;
  readonly token: string;
  readonly namespaces: readonly string[];
}

/** Codes of Node.js for a chain that ends at no authority that is known. */
const unknownAuthority = [
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
];

/** With a certificate of another authority than the private CA, those count that Node.js knows and those of NODE_EXTRA_CA_CERTS. */
export function ask(
  { readGatewayUrl, edgeCaCertificate }: Pick<Outputs, "readGatewayUrl" | "edgeCaCertificate">,
  { path, token, namespaces }: Question,
): Promise<Answer> {
  const url = new URL(path, `${readGatewayUrl.replace(/\/$/, "")}/`);
  const headers = { host: url.host, authorization: `Bearer ${token}`, [namespaceHeader]: [...namespaces] };
  const host = url.hostname.endsWith(".localhost") ? "127.0.0.1" : url.hostname;
  return new Promise((done, failed) => {
    const call = request(
      {
        host,
        port: url.port === "" ? 443 : Number(url.port),
        path: url.pathname + url.search,
        servername: url.hostname,
        ...(edgeCaCertificate && { ca: edgeCaCertificate }),
        headers,
        timeout: patience,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          done({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
        );
        response.on("error", failed);
      },
    );
    call.on("timeout", () => call.destroy(new Error(`no answer within ${patience / 1000} s`)));
    call.on("error", (error: NodeJS.ErrnoException) =>
      failed(unknownAuthority.includes(error.code ?? "") ? untrusted(url.host, error.message) : error),
    );
    call.end();
  });
}

const untrusted = (host: string, reason: string): ToolError =>
  new ToolError(
    `the certificate of ${host} is of an authority that is not known here: ${reason}`,
    "if you trust it, put its certificate into a file and name that: NODE_EXTRA_CA_CERTS=authority.pem make query ...",
  );
