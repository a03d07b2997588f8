/** Monitors with which a tenant tries what Prometheus and its walls hold by themselves. */
import { ports, programs } from "../../../components/names";
import type { KubernetesObject } from "../../support/live/kubectl";
import { platformNamespace } from "../../support/live/settings";
import { pagePath } from "./forger";
import { metadataAddress } from "./metadataService";

type Fields = Readonly<Record<string, unknown>>;

const group = "monitoring.coreos.com/v1";
const every = { interval: "5s", scrapeTimeout: "5s" };

/** Marks a target, its `up` and all its series. */
const mark = (via: string) => ({ targetLabel: "via", replacement: via });

/** A ServiceMonitor of the Services with the label `app`, faultless but for the given fields of its endpoint. */
export function monitor(
  namespace: string,
  app: string,
  via: string,
  endpoint: Fields = {},
): KubernetesObject {
  const { relabelings = [], ...rest } = endpoint;
  const list = Array.isArray(relabelings) ? relabelings : [];
  return {
    apiVersion: group,
    kind: "ServiceMonitor",
    metadata: { name: via, namespace },
    spec: {
      selector: { matchLabels: { app } },
      endpoints: [
        { port: "metrics", followRedirects: false, ...every, ...rest, relabelings: [...list, mark(via)] },
      ],
    },
  };
}

/** A Probe through `prober`, faultless but for what it is given. */
export const probe = (
  namespace: string,
  via: string,
  prober: Fields,
  targets: readonly string[] = ["anything"],
  more: Fields = {},
): KubernetesObject => ({
  apiVersion: group,
  kind: "Probe",
  metadata: { name: via, namespace },
  spec: {
    ...every,
    followRedirects: false,
    prober,
    targets: { staticConfig: { static: targets, relabelingConfigs: [mark(via)] } },
    ...more,
  },
});

export const smallPage = pagePath("small");

export interface Reach {
  readonly name: string;
  readonly rule: string;
  readonly via: string;
  readonly prober: Fields;
}

/** Probes through what Prometheus itself could reach, were it not for its walls. */
export const reaches: readonly Reach[] = [
  {
    name: "the metadata service",
    rule: "S4",
    via: "reach-metadata",
    prober: { url: `${metadataAddress}:80`, path: "/metrics" },
  },
  {
    name: "Thanos Query",
    rule: "Q2",
    via: "reach-query",
    prober: { url: `${programs.query}.${platformNamespace}.svc:${ports.http}`, path: "/metrics" },
  },
  {
    name: "the platform's Prometheus",
    rule: "Q2",
    via: "reach-platform",
    prober: {
      url: `${programs.platformPrometheus}.${platformNamespace}.svc:${ports.prometheus}`,
      path: "/metrics",
    },
  },
];

/** Files of the Prometheus pod that a monitor would send to its target. */
export const fileMonitors = (namespace: string, app: string): Readonly<Record<string, KubernetesObject>> => {
  const path = smallPage;
  const folder = "/var/run/secrets/kubernetes.io/serviceaccount";
  return {
    "sends Prometheus's own token to its target": monitor(namespace, app, "file-token", {
      path,
      bearerTokenFile: `${folder}/token`,
    }),
    "reads a certificate from Prometheus's files": monitor(namespace, app, "file-ca", {
      path,
      tlsConfig: { caFile: `${folder}/ca.crt` },
    }),
  };
};
