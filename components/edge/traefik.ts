/**
 * Traefik's configuration: pure. It comes from two files, not from the Kubernetes API, so the edge needs no rights in the cluster,
 * and the same files serve on any host.
 *
 * Traefik can reload the routes when their file changes, but not certificates, and nobody would learn that it refused a file. So the
 * pods are replaced instead: a new one that does not get ready never takes over. Where cert-manager renews the certificate there is
 * nobody to replace them, so Traefik watches a folder in which the certificate lies beside the routes: docs/decisions/0011-acme.md
 */
import type { KeyAlgorithm } from "../../config/givenCertificate";
import { namespaceHeader, ports } from "../names";
import { type GrafanaPlace, grafanaMiddlewares, grafanaRouters, grafanaServices } from "./grafanaRoute";
import {
  challengeMiddlewares,
  challengeRouters,
  challengeServices,
  hasChallenges,
} from "./tls/challengeRoutes";

export interface EdgeSettings {
  /** Domain of the routes. */
  readonly domain: string;
  /** Port under which users reach HTTPS: where HTTP redirects to. */
  readonly httpsPort: number;
  /** Service host of the read gateway; the name in its certificate. */
  readonly readGatewayHost: string;
  /** Service host of the operators' Thanos Query. */
  readonly operatorQueryHost: string;
  /** Where Grafana is. Default: nowhere. */
  readonly grafana?: GrafanaPlace | undefined;
  /** The edge's certificate. Default: of the private CA. */
  readonly certificate?: CertificateSource;
}

/** What the edge must know of its certificate. */
export interface CertificateSource {
  /** Of its key: cipher suites go by it. */
  readonly algorithm: KeyAlgorithm;
  /** Whether it is renewed under the running programs. */
  readonly live: boolean;
  /** Service hosts that answer the authority's questions over HTTP, by the edge's host that is asked about. */
  readonly challenges: Readonly<Record<string, string>>;
}

/** It changes by `pulumi up` alone, which replaces the pods. */
export const replaced = (algorithm: KeyAlgorithm): CertificateSource => ({
  algorithm,
  live: false,
  challenges: {},
});

/** What the edge has a route to in some environments only. */
export interface Served {
  readonly grafana: boolean;
}

/** What environments ask for that ask for nothing. */
export const servedByDefault: Served = { grafana: false };

/** Names of the routes below a domain. */
export const hostsOf = (domain: string, { grafana } = servedByDefault) => ({
  metrics: `metrics.${domain}`,
  query: `query.${domain}`,
  ...(grafana && { grafana: `grafana.${domain}` }),
});

/** Folders that the container sees. */
export const folders = {
  config: "/etc/edge",
  tls: "/etc/edge-tls",
  users: "/etc/edge-users",
  identity: "/etc/edge-identity",
  /** Watched: routes and a certificate that changes under the running program. */
  live: "/etc/edge-live",
} as const;

export const files = { install: "traefik.yml", routes: "routes.yml", users: "users" } as const;

/**
 * Headers by which programs behind the edge would believe a client about who it is. The gateway's own header passes on the
 * gateway's route alone.
 */
const identityHeaders = [
  "X-Remote-User",
  "X-Remote-Groups",
  "X-Remote-Extra",
  "X-Scope-OrgID",
  "Thanos-Tenant",
];

/**
 * A POST that says its length, in up to six digits of bytes: no query is longer, and the programs behind the edge keep a body in memory.
 * Traefik's own limit of bodies (`buffering`) would hold up every answer as well, and leaves files behind when one breaks off.
 */
const smallRequest = "(Method(`GET`) || Method(`POST`) && HeaderRegexp(`Content-Length`, `^[0-9]{1,6}$`))";

const strip = (headers: readonly string[]) => Object.fromEntries(headers.map((h) => [h, ""]));

/** Routes, what requests pass on the way, and TLS on both sides. */
export const routesConfig = (settings: EdgeSettings) => {
  const hosts = hostsOf(settings.domain);
  const { certificate = replaced("ecdsa"), grafana } = settings;
  const tls = certificate.live ? folders.live : folders.tls;
  return {
    tls: {
      certificates: [{ certFile: `${tls}/tls.crt`, keyFile: `${tls}/tls.key` }],
      options: {
        default: {
          minVersion: "VersionTLS12",
          // Of TLS 1.2 only what has forward secrecy and authenticated encryption; 1.3 has nothing else.
          cipherSuites: cipherSuites(certificate.algorithm),
          // Who asks for another name learns nothing, not even a default certificate.
          sniStrict: true,
          alpnProtocols: ["h2", "http/1.1"],
        },
      },
    },
    http: {
      routers: {
        metrics: {
          rule: `Host(\`${hosts.metrics}\`) && PathPrefix(\`/api/v1/\`) && ${smallRequest}`,
          entryPoints: ["websecure"],
          middlewares: [
            "answer-headers",
            "tenant-rate",
            "tenant-load",
            "compressed",
            "tenant-headers",
            "again",
          ],
          service: "read-gateway",
        },
        // Says why (413), and passes nothing on. A POST without a length finds no route (404).
        "too-large": {
          rule: `Host(\`${hosts.metrics}\`) && HeaderRegexp(\`Content-Length\`, \`^[0-9]{7,}$\`)`,
          entryPoints: ["websecure"],
          middlewares: ["answer-headers", "tenant-rate", "no-body"],
          service: "noop@internal",
        },
        query: {
          rule: `Host(\`${hosts.query}\`)`,
          entryPoints: ["websecure"],
          middlewares: [
            "answer-headers",
            "operator-rate",
            "operator-load",
            "operator-password",
            "operator-headers",
            "again",
          ],
          service: "operator-query",
        },
        ...(grafana && grafanaRouters(grafana)),
        ...challengeRouters(certificate),
      },
      middlewares: {
        ...(hasChallenges(certificate) && challengeMiddlewares),
        ...(grafana && grafanaMiddlewares),
        // Per client address. Above what a Grafana of many dashboards asks for; how many new tokens it may try, the gateway says.
        "tenant-rate": { rateLimit: { average: 1000, burst: 2000, sourceCriterion: perClient } },
        // A person clicks; and each try of a password costs 50 ms of CPU.
        "operator-rate": { rateLimit: { average: 20, burst: 100 } },
        // Requests at a time, per client address: of one number for all, a stranger would take everything with bodies that drip in.
        "tenant-load": { inFlightReq: { amount: 200, sourceCriterion: perClient } },
        // Requests at a time, all clients of one edge pod together: they are operators, and wait for a password.
        "operator-load": { inFlightReq: { amount: 50, sourceCriterion: { requestHost: true } } },
        "operator-password": {
          basicAuth: {
            usersFile: `${folders.users}/${files.users}`,
            realm: "moat operators",
            removeHeader: true,
          },
        },
        // No program behind the edge has sessions, so cookies are only somebody's secret that strayed here. The edge alone compresses.
        "tenant-headers": {
          headers: { customRequestHeaders: strip([...identityHeaders, "Cookie", "Accept-Encoding"]) },
        },
        compressed: { compress: { encodings: ["gzip"] } },
        "operator-headers": {
          headers: { customRequestHeaders: strip([...identityHeaders, namespaceHeader, "Cookie"]) },
        },
        "answer-headers": {
          headers: {
            stsSeconds: 31_536_000,
            contentTypeNosniff: true,
            frameDeny: true,
            referrerPolicy: "no-referrer",
            permissionsPolicy: "camera=(), geolocation=(), microphone=()",
            contentSecurityPolicy: "frame-ancestors 'none'",
            // Thanos lets every web page read its answers; no page needs to.
            customResponseHeaders: strip(["Access-Control-Allow-Origin", "Server", "X-Powered-By"]),
          },
        },
        "no-body": { buffering: { maxRequestBodyBytes: 1 } },
        // When a pod behind the edge dies under a query, another is asked. Every request only reads, POST as well. A query that timed
        // out (503, 504) is not repeated: it would time out again.
        again: {
          retry: {
            attempts: 4,
            initialInterval: "100ms",
            status: ["502"],
            retryNonIdempotentMethod: true,
            // Larger ones are asked once: what could be asked again is kept in memory.
            maxRequestBodyBytes: 128 * 1024,
          },
        },
      },
      services: {
        "read-gateway": {
          loadBalancer: {
            servers: [{ url: `https://${settings.readGatewayHost}:${ports.readGateway}` }],
            serversTransport: "read-gateway",
          },
        },
        "operator-query": {
          loadBalancer: {
            servers: [{ url: `http://${settings.operatorQueryHost}:${ports.http}` }],
            serversTransport: "operator-query",
          },
        },
        ...(grafana && grafanaServices(grafana)),
        ...challengeServices(certificate),
      },
      serversTransports: {
        "read-gateway": {
          ...upstream,
          serverName: settings.readGatewayHost,
          rootCAs: [`${tls}/ca.crt`],
          // So the gateway knows that clients' addresses come from here, and lets none of them use up what is others'.
          certificates: [{ certFile: `${folders.identity}/tls.crt`, keyFile: `${folders.identity}/tls.key` }],
          // HTTP/2 would put all requests on one connection and so on one of the gateways.
          disableHTTP2: true,
        },
        "operator-query": upstream,
        ...(grafana && {
          grafana: { ...upstream, serverName: grafana.serviceHost, rootCAs: [`${tls}/ca.crt`] },
        }),
      },
    },
  };
};

/** The address at the other end. A customer of IPv6 has a /64 at least. */
const perClient = { ipStrategy: { ipv6Subnet: 64 } } as const;

const upstream = {
  maxIdleConnsPerHost: 100,
  forwardingTimeouts: { dialTimeout: "5s", idleConnTimeout: "90s" },
} as const;

const cipherSuites = (algorithm: KeyAlgorithm): string[] =>
  ["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256"].map(
    (cipher) => `TLS_ECDHE_${algorithm.toUpperCase()}_WITH_${cipher}`,
  );
