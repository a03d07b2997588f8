/** The edge with a certificate of any kind, made from nothing, and parts of what was made. */
import { parse } from "yaml";
import { z } from "zod";
import { Edge } from "../../components/edge/edge";
import { hostsOf } from "../../components/edge/traefik";
import { PlatformNamespace } from "../../components/tenancy/platformNamespace";
import { PrivateCa } from "../../components/trust/privateCa";
import type { RawConfig } from "../../config/schema";
import { environment } from "./environment";
import { type Made, madeBy, objects } from "./mocks";

export type RawTls = NonNullable<RawConfig["edge"]["tls"]>;

export const domain = "moat.example";
export const hosts = hostsOf(domain);

export function edgeWith(tls: RawTls): Promise<Made[]> {
  const config = environment({ platformNamespace: "platform", edge: { domain, tls } });
  const namespace = config.platformNamespace;
  return madeBy(() => {
    new PlatformNamespace("room", { config });
    new Edge("edge", {
      namespace,
      clusterName: "prod",
      config: config.edge,
      size: "small",
      ca: new PrivateCa("ca", { namespace }),
      readGatewayHost: "read-gateway.platform.svc",
      operatorQueryHost: "operator-query.platform.svc",
    });
  });
}

type Acme = Extract<RawTls, { kind: "acme" }>;

export const acme = (challenge: Acme["challenge"], more: Partial<Acme> = {}): RawTls => ({
  kind: "acme",
  email: "ops@example.org",
  challenge,
  ...more,
});

export const designate = {
  type: "designate",
  authUrl: "https://keystone.example.org:5000/v3",
  endpoint: "https://dns.example.org:9001",
  region: "r1",
  zone: "example",
} as const;
export const byRole = {
  type: "route53",
  zoneId: "Z0123456789",
  identity: { type: "podIdentity", cluster: "eks" },
} as const;
export const byKey = { type: "route53", zoneId: "Z0123456789", identity: { type: "accessKey" } } as const;

export const named = (made: readonly Made[], kind: string, name: string) =>
  objects(made, kind).find((m) => z.looseObject({ name: z.string() }).parse(m.inputs.metadata).name === name)
    ?.inputs;
export const custom = (made: readonly Made[], kind: string) =>
  made.filter((m) => m.inputs.kind === kind).map((m) => m.inputs);

const pods = z.object({
  metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.looseObject({
    volumes: z.array(z.looseObject({ name: z.string() })).default([]),
    containers: z.array(z.looseObject({ args: z.array(z.string()), env: z.array(z.unknown()).default([]) })),
  }),
});

export const podOf = (made: readonly Made[], name: string) =>
  z.object({ spec: z.object({ template: pods }) }).parse(named(made, "Deployment", name)).spec.template;

export const settingsOf = (made: readonly Made[]) => {
  const [map] = objects(made, "ConfigMap").filter((m) => JSON.stringify(m.inputs.data).includes("traefik"));
  const { metadata, data } = z
    .object({ metadata: z.looseObject({ name: z.string() }), data: z.record(z.string(), z.string()) })
    .parse(map?.inputs);
  return {
    name: metadata.name,
    install: parse(data["traefik.yml"] ?? ""),
    routes: parse(data["routes.yml"] ?? ""),
  };
};
