/** Samples of programs of the platform: gateways, Thanos, configuration in ConfigMaps, Docker containers. */
import { dockerContainer } from "./programs";
import type { Fields, Sample } from "./rule";
import { cloud, deployment, sample } from "./samples";

export const rbacProxyImage = "quay.io/brancz/kube-rbac-proxy:v0.19.1";
export const labelProxyImage = "quay.io/prometheuscommunity/prom-label-proxy:v0.12.1";
export const thanosImage = "quay.io/thanos/thanos:v0.42.2";

/** A pod of kube-rbac-proxy with these flags, and of whatever stands with it. */
export const rbacProxy = (args: readonly string[], ...beside: readonly Fields[]): Sample =>
  deployment({}, { containers: [{ name: "authenticator", image: rbacProxyImage, args }, ...beside] });

/** prom-label-proxy with these flags, as a container. */
export const labelProxy = (...args: readonly string[]): Fields => ({
  name: "enforcer",
  image: labelProxyImage,
  args,
});

export const guardsImage = "ghcr.io/moat-observability/guards:v0.1.0";

/** The query guard with these flags, as a container. */
export const queryGuard = (...args: readonly string[]): Fields => ({
  name: "query-guard",
  image: guardsImage,
  args: ["query", ...args],
});

/** Thanos with these flags. */
export const thanos = (...args: readonly string[]): Sample => deployment({ image: thanosImage, args });

/** A ConfigMap of one file. */
export const configMap = (file: string, text: string): Sample =>
  sample("v1/ConfigMap", { data: { [file]: text } });

/** A Docker container, whose image is often not known before the update. */
export const docker = (inputs: Fields): Sample => cloud(dockerContainer, { image: "sha256:0000", ...inputs });
