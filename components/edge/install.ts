/** What Traefik reads once, at its start. Pure; routes and certificates are in traefik.ts. */
import { ports } from "../names";
import { hasChallenges } from "./tls/challengeRoutes";
import { type EdgeSettings, files, folders, replaced } from "./traefik";

/** Seconds that a query may go on after the pod was told to end. Longer ones are asked again by the client. */
export const drainSeconds = 60;

/**
 * A slash in a path stays a slash: an encoded character that two hops could read in two ways is refused. And `X_Moat_Namespace` is
 * not taken for `X-Moat-Namespace` by anyone.
 */
const oneReading = {
  encodedCharacters: {
    allowEncodedSlash: false,
    allowEncodedBackSlash: false,
    allowEncodedNullCharacter: false,
    allowEncodedSemicolon: false,
    allowEncodedPercent: false,
    allowEncodedQuestionMark: false,
    allowEncodedHash: false,
  },
  aliasHeadersStrategy: "delete",
} as const;

/** Entry points, log and metrics: what Traefik reads at its start. */
export const installConfig = ({
  httpsPort,
  certificate = replaced("ecdsa"),
}: Pick<EdgeSettings, "httpsPort" | "certificate">) => ({
  global: { checkNewVersion: false, sendAnonymousUsage: false },
  entryPoints: {
    web: {
      address: `:${ports.edgeHttp}`,
      http: {
        ...oneReading,
        redirections: {
          entryPoint: {
            to: `:${httpsPort}`,
            scheme: "https",
            permanent: true,
            // Before the answers to the authority it would otherwise come first.
            ...(hasChallenges(certificate) && { priority: 1 }),
          },
        },
      },
    },
    websecure: {
      address: `:${ports.edgeHttps}`,
      http: { ...oneReading, tls: {} },
      transport: {
        // A client that sends slowly holds a connection no longer than this.
        respondingTimeouts: { readTimeout: "30s", idleTimeout: "180s" },
        // Queries under way may end.
        lifeCycle: { graceTimeOut: `${drainSeconds}s` },
      },
    },
    metrics: { address: `:${ports.edgeMetrics}`, http: oneReading },
  },
  ping: { entryPoint: "metrics" },
  metrics: { prometheus: { entryPoint: "metrics", addRoutersLabels: true } },
  log: { level: "INFO", format: "json" },
  // Headers carry tokens and passwords: none is written.
  // Clients put tokens into headers, and by mistake into urls.
  accessLog: {
    format: "json",
    fields: { headers: { defaultMode: "drop" }, queryParameters: { defaultMode: "drop" } },
  },
  providers: {
    file: certificate.live
      ? { directory: folders.live, watch: true }
      : { filename: `${folders.config}/${files.routes}`, watch: false },
  },
});
