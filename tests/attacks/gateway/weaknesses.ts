/**
 * The read gateway with one defence taken away at a time. In the place of the query guard stand the two programs that stood there before it, and
 * that others use: kube-rbac-proxy, which asks who it is, and prom-label-proxy in front of a Thanos Query that sees everything. They have
 * flags to be weak by; the guard has none.
 */
import {
  gatewayAudience,
  metricsPermission,
  namespaceHeader,
  ports,
  programs,
  tenantLabel,
} from "../../../components/names";
import { platformNamespace } from "../../support/live/settings";

/** Where prom-label-proxy listens in its pod, and where kube-rbac-proxy tells of its health. */
const inner = 8080;
export const healthPort = 8444;

/** Files of the pod, as the gateway's own volumes have them. */
export const files = { tls: "/etc/tls", config: "/etc/gateway", clientCa: "client-ca.crt" } as const;
export const rulesFile = "authorization.yaml";

/** The paths that prom-label-proxy filters. */
const filtered = [
  "/api/v1/query",
  "/api/v1/query_range",
  "/api/v1/query_exemplars",
  "/api/v1/series",
  "/api/v1/labels",
  "/api/v1/label/*/values",
  "/api/v1/rules",
  "/api/v1/alerts",
];

/** kube-rbac-proxy as it asks at its best. */
const rbacProxyArgs: readonly string[] = [
  `--secure-listen-address=0.0.0.0:${ports.readGateway}`,
  `--proxy-endpoints-port=${healthPort}`,
  `--upstream=http://127.0.0.1:${inner}/`,
  `--config-file=${files.config}/${rulesFile}`,
  `--auth-token-audiences=${gatewayAudience}`,
  `--client-ca-file=${files.config}/${files.clientCa}`,
  `--allow-paths=${filtered.join(",")}`,
  `--tls-cert-file=${files.tls}/tls.crt`,
  `--tls-private-key-file=${files.tls}/tls.key`,
  // Attacks come faster than the 5 questions a second that it may ask otherwise.
  "--kube-api-qps=1000",
  "--kube-api-burst=2000",
  "--v=0",
];

/** What it asks the API server for each value of the header. */
const authorization = {
  authorization: {
    rewrites: { byHttpHeader: { name: namespaceHeader } },
    resourceAttributes: {
      apiVersion: "v1",
      apiGroup: metricsPermission.apiGroup,
      resource: metricsPermission.resource,
      subresource: metricsPermission.subresource,
      namespace: "{{ .Value }}",
    },
  },
};

/** prom-label-proxy as it enforces at its best. */
const labelProxyArgs: readonly string[] = [
  `--insecure-listen-address=127.0.0.1:${inner}`,
  `--internal-listen-address=0.0.0.0:${ports.queryGuardMetrics}`,
  `--upstream=http://${programs.operatorQuery}.${platformNamespace}.svc:${ports.http}`,
  `--label=${tenantLabel}`,
  `--header-name=${namespaceHeader}`,
  "--enable-label-apis",
];

/** The two programs by their arguments, and what kube-rbac-proxy asks the API server. */
export interface Gateway {
  readonly rbacProxy: readonly string[] | undefined;
  readonly labelProxy: readonly string[] | undefined;
  readonly rules: Readonly<Record<string, unknown>>;
}

/** With every defence that they have. */
export const strongest: Gateway = {
  rbacProxy: rbacProxyArgs,
  labelProxy: labelProxyArgs,
  rules: authorization,
};

export interface Weakness {
  /** What is missing, in a few words. */
  readonly without: string;
  readonly scheme: "http" | "https";
  /** Port on which it is asked. */
  readonly port: number;
  readonly weaken: (gateway: Gateway) => Gateway;
}

/** Audiences of tokens that a gateway without its own audience would take: those of other programs, and the API server's. */
export const otherAudiences = ["some-other-service", "https://kubernetes.default.svc.cluster.local"] as const;

/** Paths of Thanos that nobody filters. */
const unfiltered = [
  "/api/v1/alertmanagers",
  "/api/v1/metadata",
  "/api/v1/query_explain",
  "/api/v1/query_range_explain",
  "/api/v1/status",
  "/api/v1/stores",
  "/api/v1/targets",
  "/-",
  "/debug",
  "/graph",
  "/metrics",
  "/stores",
];

const https = { scheme: "https", port: ports.readGateway } as const;

const without = (args: readonly string[] | undefined, ...flags: readonly string[]): string[] =>
  (args ?? []).filter((arg) => !flags.some((flag) => arg === flag || arg.startsWith(`${flag}=`)));

const replaced = (args: readonly string[] | undefined, flag: string, value: string): string[] => [
  ...without(args, flag),
  `${flag}=${value}`,
];

function flagOf(args: readonly string[] | undefined, flag: string): string {
  const found = args?.find((arg) => arg.startsWith(`${flag}=`));
  if (found === undefined) throw new Error(`a twin has no ${flag}: nothing would be taken away`);
  return found.slice(flag.length + 1);
}

/** kube-rbac-proxy with something else behind it than prom-label-proxy. */
const straightTo = (gateway: Gateway, upstream: string): Gateway => ({
  ...gateway,
  labelProxy: undefined,
  rbacProxy: replaced(gateway.rbacProxy, "--upstream", upstream),
});

const queryOf = (gateway: Gateway): string => `${flagOf(gateway.labelProxy, "--upstream")}/`;

/** Whoever has a valid token may ask for anything. */
const allowAll = (gateway: Gateway): Gateway => {
  const { authorization } = gateway.rules;
  const inner = typeof authorization === "object" ? authorization : {};
  return { ...gateway, rules: { authorization: { ...inner, static: [{ resourceRequest: true }] } } };
};

const withLabelProxy = (gateway: Gateway, ...more: readonly string[]): Gateway => ({
  ...gateway,
  labelProxy: [...(gateway.labelProxy ?? []), ...more],
});

export const weaknesses = {
  guards: {
    without: "guards (kube-rbac-proxy and prom-label-proxy in their place)",
    ...https,
    weaken: (g) => g,
  },
  enforcement: {
    without: "label enforcement",
    ...https,
    weaken: (g) => straightTo(g, queryOf(g)),
  },
  oneSource: {
    without: "one source of the namespace (a parameter instead of the header)",
    ...https,
    weaken: (g) => ({
      rbacProxy: g.rbacProxy,
      labelProxy: replaced(without(g.labelProxy, "--header-name"), "--query-param", tenantLabel),
      rules: byParameter(g.rules),
    }),
  },
  paths: {
    without: "an allow-list of paths",
    ...https,
    weaken: (g) => ({
      ...withLabelProxy(g, `--unsafe-passthrough-paths=${unfiltered.join(",")}`),
      rbacProxy: without(g.rbacProxy, "--allow-paths"),
    }),
  },
  prometheus: {
    without: "an allow-list of paths, a Prometheus behind",
    ...https,
    weaken: (g) => {
      const open = straightTo(
        g,
        `http://${programs.tenantPrometheus}.${platformNamespace}.svc:${ports.prometheus}/`,
      );
      return { ...open, rbacProxy: without(open.rbacProxy, "--allow-paths") };
    },
  },
  authentication: {
    without: "authentication",
    scheme: "http",
    port: inner,
    weaken: (g) => ({ ...g, rbacProxy: undefined }),
  },
  authorisation: { without: "authorisation", ...https, weaken: allowAll },
  plainNames: {
    without: "authorisation, and a header read as a list",
    ...https,
    weaken: (g) => withLabelProxy(allowAll(g), "--header-uses-list-syntax"),
  },
  exactNames: {
    without: "authorisation, and a header read as a pattern",
    ...https,
    weaken: (g) => withLabelProxy(allowAll(g), "--regex-match"),
  },
  namedNamespace: {
    without: "a namespace that must be named",
    ...https,
    weaken: (g) => {
      const open = allowAll(straightTo(g, queryOf(g)));
      return { ...open, rules: withoutRewrites(open.rules) };
    },
  },
  audience: {
    without: "an audience of its own",
    ...https,
    weaken: (g) => ({
      ...g,
      rbacProxy: replaced(
        g.rbacProxy,
        "--auth-token-audiences",
        [flagOf(g.rbacProxy, "--auth-token-audiences"), ...otherAudiences].join(","),
      ),
    }),
  },
} as const satisfies Record<string, Weakness>;

export type WeaknessName = keyof typeof weaknesses;

type Rules = Gateway["rules"];

/** The rules as JSON, with `from` turned into `to`; they must have had it. */
function edited(rules: Rules, from: object, to: object): Rules {
  const text = JSON.stringify(rules);
  const part = JSON.stringify(from).slice(1, -1);
  if (!text.includes(part)) throw new Error(`a twin's rules lack ${part}: nothing would be taken away`);
  return JSON.parse(text.replace(part, JSON.stringify(to).slice(1, -1)));
}

const rewrites = { rewrites: { byHttpHeader: { name: namespaceHeader } } };

const byParameter = (rules: Rules): Rules =>
  edited(rules, rewrites, { rewrites: { byQueryParameter: { name: tenantLabel } } });

const withoutRewrites = (rules: Rules): Rules => edited(rules, rewrites, { rewrites: null });
