/** Parts of small stacks for the samples of stack rules. */
import { objectLabels } from "../../../components/names";
import type { Kind } from "../../kinds";
import { labelProxyImage, rbacProxyImage, thanosImage } from "../../programSamples";
import type { Fields, PulumiType, Sample } from "../../rule";
import { sample } from "../../samples";

const platform = "moat-system";

/** An object in the platform's namespace. */
export const object = (kind: Kind, name: string, fields: Fields, metadata: Fields = {}): Sample =>
  sample(kind, { metadata: { name, namespace: platform, ...metadata }, ...fields });

/** An object of a kind that is not in the table. */
export const custom = (type: PulumiType, name: string, fields: Fields): Sample => ({
  type,
  object: { metadata: { name, namespace: platform }, ...fields },
});

/** A namespace, of a tenant or of the platform. */
export const namespace = (name: string, role: "tenant" | "platform" | "other"): Sample =>
  sample("v1/Namespace", {
    metadata: {
      name,
      namespace: undefined,
      labels: {
        ...(role === "other" ? {} : { [objectLabels.role]: role }),
        ...(role === "tenant" ? { [objectLabels.tenant]: name } : {}),
      },
    },
  });

/** A program whose pods carry its name as label. */
export const program = (name: string, ...containers: readonly Fields[]): Sample =>
  object("apps/v1/Deployment", name, {
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers } },
    },
  });

export const query: Fields = {
  name: "query",
  image: thanosImage,
  args: ["query", "--query.timeout=2m", "--query.max-concurrent=20"],
  ports: [{ name: "http", containerPort: 10902 }],
};

/** kube-rbac-proxy on 8443 and prom-label-proxy, which tells its metrics on 8081. */
export const gateway: readonly Fields[] = [
  {
    name: "authenticator",
    image: rbacProxyImage,
    args: ["--secure-listen-address=0.0.0.0:8443", "--upstream=http://127.0.0.1:8080/"],
    ports: [{ name: "https", containerPort: 8443 }],
  },
  {
    name: "enforcer",
    image: labelProxyImage,
    args: ["--insecure-listen-address=127.0.0.1:8080", "--label=namespace"],
    ports: [{ name: "metrics", containerPort: 8081 }],
  },
];

/** A Service in front of the program of that name. */
export const service = (name: string, port: Fields, spec: Fields = {}): Sample =>
  object("v1/Service", name, { spec: { selector: { app: name }, ports: [port], ...spec } });

/** Thanos Query with its Service on 80, and the read gateway with its own on 443. */
export const programs: readonly Sample[] = [
  program("thanos-query", query),
  service("thanos-query", { name: "http", port: 80, targetPort: "http" }),
  program("read-gateway", ...gateway),
  service("read-gateway", { name: "https", port: 443, targetPort: 8443 }),
];
