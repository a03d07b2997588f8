/**
 * What a tenant aims at that is none of its own, by monitors and rules that Prometheus would follow: from the inside it reaches every
 * tenant and itself. Admission alone keeps them out.
 */
import { ports } from "../../../components/names";
import type { KubernetesObject } from "../../support/live/kubectl";
import { redirector } from "./forger";
import { monitor, probe } from "./monitors";

const group = "monitoring.coreos.com/v1";

/** What a monitor aims at that is none of its tenant's. */
export interface Aim {
  readonly name: string;
  readonly rule: string;
  readonly via: string;
  readonly objects: readonly KubernetesObject[];
}

// Without what was federated before, which would be federated again and again.
const matcher = 'sample_orders_total{shop="beta",via=""}';
const itself = `localhost:${ports.prometheus}`;

const viaOwnProber = "aim-own-prober";

/** A Probe whose prober is the tenant's own, and sends on. */
export const ownProber = (namespace: string, via: string, followRedirects: boolean): KubernetesObject =>
  probe(
    namespace,
    via,
    { url: `redirector.${namespace}.svc:${ports.nodeExporter}`, path: "/probe" },
    ["anything"],
    { followRedirects },
  );

/** What it brings where it is followed. */
export const ofOwnProber = `{via="${viaOwnProber}",shop="beta"}`;

/** All of them bring series of beta's shop. `app` is a Service of the namespace; the redirector is an aim's own. */
export const aims = (namespace: string, app: string, betaAddress: string): readonly Aim[] => [
  {
    name: "scrapes another's application by a relabeled address",
    rule: "T2a",
    via: "aim-address",
    objects: [
      monitor(namespace, app, "aim-address", {
        relabelings: [
          { targetLabel: "__address__", replacement: `sample-app.beta.svc:${ports.nodeExporter}` },
        ],
      }),
    ],
  },
  {
    name: "has Prometheus federate itself by a relabeled address",
    rule: "T2a",
    via: "aim-itself",
    objects: [
      monitor(namespace, app, "aim-itself", {
        path: "/federate",
        params: { "match[]": [matcher] },
        relabelings: [{ targetLabel: "__address__", replacement: itself }],
      }),
    ],
  },
  {
    name: "scrapes another's application by a scheme that is a whole address",
    rule: "T2a",
    via: "aim-scheme",
    objects: [
      monitor(namespace, app, "aim-scheme", {
        relabelings: [
          {
            targetLabel: "__scheme__",
            replacement: `http://sample-app.beta.svc:${ports.nodeExporter}/metrics?x=`,
          },
        ],
      }),
    ],
  },
  {
    name: "has Prometheus federate itself by a scheme that is a whole address",
    rule: "T2a",
    via: "aim-scheme-itself",
    objects: [
      monitor(namespace, app, "aim-scheme-itself", {
        relabelings: [
          {
            targetLabel: "__scheme__",
            replacement: `http://${itself}/federate?match%5B%5D=${encodeURIComponent(matcher)}&x=`,
          },
        ],
      }),
    ],
  },
  {
    name: "sends Prometheus on to itself by a redirect",
    rule: "T5a",
    via: "aim-redirect",
    objects: [monitor(namespace, "redirector", "aim-redirect", { followRedirects: true })],
  },
  {
    name: "sends Prometheus on to itself by a redirect of its own prober",
    rule: "T5a",
    via: viaOwnProber,
    objects: [ownProber(namespace, viaOwnProber, true)],
  },
  {
    name: "probes another's application as its prober",
    rule: "T5b",
    via: "aim-prober",
    objects: [
      probe(namespace, "aim-prober", { url: `sample-app.beta.svc:${ports.nodeExporter}`, path: "/metrics" }),
    ],
  },
  {
    name: "has Prometheus federate itself as its prober",
    rule: "T5b",
    via: "aim-federation",
    objects: [
      probe(namespace, "aim-federation", { url: itself, path: "/federate" }, ["anything"], {
        params: [{ name: "match[]", values: [matcher] }],
      }),
    ],
  },
  {
    name: "writes another's pod among its own Service's addresses",
    rule: "T10b",
    via: "aim-slice",
    objects: [
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "aim-slice", namespace, labels: { app: "aim-slice" } },
        spec: { ports: [{ name: "metrics", port: ports.nodeExporter }] },
      },
      {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: { name: "aim-slice", namespace, labels: { "kubernetes.io/service-name": "aim-slice" } },
        addressType: "IPv4",
        ports: [{ name: "metrics", port: ports.nodeExporter, protocol: "TCP" }],
        endpoints: [{ addresses: [betaAddress], conditions: { ready: true } }],
      },
      monitor(namespace, "aim-slice", "aim-slice"),
    ],
  },
];

/** What the aims need to stand on. */
export const ground = (namespace: string): KubernetesObject[] =>
  redirector(namespace, "redirector", `http://${itself}/federate?match[]=${encodeURIComponent(matcher)}`);

/** Two ways to have the operator write an expression that reads every tenant's series. Each records what is beta's. */
export const leaks = [
  {
    name: "a quoted label name",
    record: "leaked:quoted",
    // The operator prints names in these lists without quotes.
    expr: 'vector(1) + on ("a) vector(0) or sum by (shop) (sample_orders_total{shop=\\"beta\\"}) or on (b") vector(1)',
    /** Whether a recorded sample is of beta's series. */
    isBetas: (labels: Readonly<Record<string, string>>, _value: string) => labels.shop === "beta",
  },
  {
    name: "the parameter of an aggregation",
    record: "leaked:parameter",
    // It leaves parameters alone. Between 0 and 1e9 the quantile is the parameter, 1e9 times.
    expr: 'quantile(scalar(sum(sample_orders_total{shop="beta"})) / 1e9, vector(0) or label_replace(vector(1e9), "to", "b", "", ""))',
    isBetas: (_labels: Readonly<Record<string, string>>, value: string) => Number(value) > 0,
  },
] as const;

/** One object for each leak, so that each is judged by itself. */
export const leakingRules = (namespace: string): readonly KubernetesObject[] =>
  leaks.map(({ record, expr }) => ({
    apiVersion: group,
    kind: "PrometheusRule",
    metadata: { name: record.replace(":", "-"), namespace },
    spec: { groups: [{ name: record, interval: "5s", rules: [{ record, expr }] }] },
  }));

export const peek = "Peek";

/** An alert whose annotation or label asks Prometheus for another's series. */
export const peekingRules = (namespace: string, place: "annotations" | "labels"): KubernetesObject => ({
  apiVersion: group,
  kind: "PrometheusRule",
  metadata: { name: `peek-${place}`, namespace },
  spec: {
    groups: [
      {
        name: `peek-${place}`,
        interval: "30s",
        rules: [
          {
            alert: peek,
            expr: "vector(1)",
            [place]: {
              stolen: `{{ range query "sum by (shop) (${matcher.replaceAll('"', '\\"')})" }}{{ .Labels.shop }}{{ end }}`,
            },
          },
        ],
      },
    ],
  },
});

export const swell = "Swell";

/** Bytes of an annotation that is written in a few hundred. */
export const swollen = 8 * 2 ** 14;

/** An alert whose annotation doubles a text again and again. Ten times more would end the server, so it is let grow no further here. */
export const swellingRules = (namespace: string): KubernetesObject => ({
  apiVersion: group,
  kind: "PrometheusRule",
  metadata: { name: "swell", namespace },
  spec: {
    groups: [
      {
        name: "swell",
        interval: "30s",
        rules: [
          {
            alert: swell,
            expr: "vector(1)",
            annotations: { text: `{{ $a := "aaaaaaaa" }}${"{{ $a = print $a $a }}".repeat(14)}{{ $a }}` },
          },
        ],
      },
    ],
  },
});
