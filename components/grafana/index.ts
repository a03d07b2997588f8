/** Grafana, where the configuration asks for it. */
import type * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../config";
import { urlOf } from "../edge/edge";
import { hostsOf } from "../edge/traefik";
import type { ClientAuthority } from "../trust/clientAuthority";
import type { PrivateCa } from "../trust/privateCa";
import { Grafana } from "./grafana";

export interface GrafanaForArgs {
  readonly config: EnvironmentConfig;
  /** Authority of its certificate. */
  readonly ca: PrivateCa;
  /** Who signs what it shows the read gateway. */
  readonly readers: ClientAuthority;
  /** Service host of the read gateway. */
  readonly readGatewayHost: pulumi.Input<string>;
}

/** Undefined where there is to be none. */
export function grafanaFor(
  name: string,
  { config, ...authorities }: GrafanaForArgs,
  opts: pulumi.ComponentResourceOptions,
): Grafana | undefined {
  const { grafana, edge, platformNamespace: namespace } = config;
  if (grafana.kind === "none") return undefined;
  const { grafana: host = "" } = hostsOf(edge.domain, { grafana: true });
  return new Grafana(
    name,
    { namespace, grafana, config, url: urlOf(host, edge.httpsPort), ...authorities },
    opts,
  );
}
