/**
 * A tenant's application that serves pages of metrics of any size and kind: a Prometheus with console templates, which repeat and
 * count. Pages lie under /consoles/<name>.html.
 */
import { ports } from "../../../components/names";
import { toBytes } from "../../../config/quantities";
import { images } from "../../../versions";
import type { KubernetesObject } from "../../support/live/kubectl";
import { podObject } from "../../support/live/pods";
import { settings } from "../../support/live/settings";

export type Page = "small" | "stamped" | "bomb" | "huge" | "wide" | "longName" | "longValue";

export const pagePath = (page: Page): string => `/consoles/${page}.html`;

const digits = "0 1 2 3 4 5 6 7 8 9";

/** Series `bomb_total{i="…"}`, ten thousand for each of the given numbers: templates within templates count. */
const bomb = (tenThousands: number): string => {
  const levels = ["line", "tens", "hundreds", "thousands", "tenThousands"];
  const count = (level: number) =>
    `{{define "${levels[level]}"}}{{$n := .}}{{range args ${digits}}}{{template "${levels[level - 1]}" (printf "%v%v" $n .)}}{{end}}{{end}}`;
  const firsts = Array.from({ length: tenThousands }, (_, i) => `"${i}-"`).join(" ");
  return [
    '{{define "line"}}bomb_total{i="{{.}}"} 1\n{{end}}',
    ...[1, 2, 3, 4].map(count),
    `{{range args ${firsts}}}{{template "tenThousands" .}}{{end}}`,
  ].join("");
};

/** One series, and comments of so many bytes. */
const huge = (bytes: number): string => {
  const levels = ["a", "b", "c", "d"];
  const factor = Math.ceil((bytes / 1000) ** (1 / 3));
  return [
    `{{define "a"}}# ${"x".repeat(997)}\n{{end}}`,
    ...[1, 2, 3].map(
      (i) => `{{define "${levels[i]}"}}${`{{template "${levels[i - 1]}"}}`.repeat(factor)}{{end}}`,
    ),
    '{{template "d"}}huge_total 1\n',
  ].join("");
};

const { limits } = settings.metrics;

const labels = (count: number): string => Array.from({ length: count }, (_, i) => `l${i}="x"`).join(",");

/** Each page breaks one limit, but for those that break none. */
export const pages = (stamp: number): Readonly<Record<Page, string>> => ({
  small: "small_total 1\n",
  stamped: `stamped_total 1 ${stamp}\n`,
  bomb: bomb(Math.floor(limits.samples / 10_000) + 1),
  huge: huge(toBytes(limits.bodySize) + 1),
  wide: `wide_total{${labels(limits.labels + 1)}} 1\n`,
  longName: `long_name_total{${"l".repeat(limits.labelNameLength + 1)}="x"} 1\n`,
  longValue: `long_value_total{l="${"x".repeat(limits.labelValueLength + 1)}"} 1\n`,
});

/** ConfigMap, Service and pod. The Service's port is called `metrics`. */
export function forger(namespace: string, name: string, stamp: number): KubernetesObject[] {
  const folder = "/etc/pages";
  const metadata = { name, namespace, labels: { app: name } };
  const data = Object.fromEntries(Object.entries(pages(stamp)).map(([page, text]) => [`${page}.html`, text]));
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { ...data, "prometheus.yml": "{}" } },
    serviceFor(namespace, name),
    podObject({
      name,
      namespace,
      labels: metadata.labels,
      restart: "Always",
      containers: [
        {
          name: "forger",
          image: images.prometheus,
          args: [
            "--agent",
            "--storage.agent.path=/prometheus",
            `--config.file=${folder}/prometheus.yml`,
            `--web.console.templates=${folder}`,
            `--web.listen-address=:${ports.nodeExporter}`,
          ],
          ports: [ports.nodeExporter],
          mounts: [
            { name: "pages", mountPath: folder },
            { name: "data", mountPath: "/prometheus" },
          ],
          memory: "768Mi",
        },
      ],
      volumes: [
        { name: "pages", configMap: { name } },
        { name: "data", emptyDir: {} },
      ],
    }),
  ];
}

export const serviceFor = (namespace: string, name: string): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace, labels: { app: name } },
  spec: { selector: { app: name }, ports: [{ name: "metrics", port: ports.nodeExporter }] },
});

/** ConfigMap, Service and pod that send every request on to `url`. */
export function redirector(namespace: string, name: string, url: string): KubernetesObject[] {
  const folder = "/etc/redirector";
  const metadata = { name, namespace, labels: { app: name } };
  const routes = {
    http: {
      routers: { all: { rule: "PathPrefix(`/`)", middlewares: ["away"], service: "noop@internal" } },
      middlewares: { away: { redirectRegex: { regex: ".*", replacement: url } } },
    },
  };
  return [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata,
      data: { "routes.yml": JSON.stringify(routes) },
    },
    serviceFor(namespace, name),
    podObject({
      name,
      namespace,
      labels: metadata.labels,
      restart: "Always",
      containers: [
        {
          name: "redirector",
          image: images.traefik,
          args: [
            `--entryPoints.web.address=:${ports.nodeExporter}`,
            `--providers.file.filename=${folder}/routes.yml`,
          ],
          ports: [ports.nodeExporter],
          mounts: [{ name: "routes", mountPath: folder }],
        },
      ],
      volumes: [{ name: "routes", configMap: { name } }],
    }),
  ];
}
