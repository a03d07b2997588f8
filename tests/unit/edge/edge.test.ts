/** The edge as resources: what is where, and what stays secret. */

import { isSecret } from "@pulumi/pulumi";
import { Edge, urlOf } from "../../../components/edge/edge";
import { folders } from "../../../components/edge/traefik";
import { edgeIdentity } from "../../../components/names";
import { PrivateCa } from "../../../components/trust/privateCa";
import type { EnvironmentConfig } from "../../../config";
import { type Made, madeBy, objects, ofType } from "../../support/mocks";
import { validateAll } from "../../support/schemas";
import { settled } from "../../support/settled";

const config: EnvironmentConfig["edge"] = {
  domain: "moat.example",
  replicas: 2,
  httpPort: 8080,
  httpsPort: 8443,
  service: { type: "nodePort", http: 30080, https: 30443 },
  tls: { kind: "privateCa" },
};

interface Laid {
  readonly made: Made[];
  readonly edge: Edge | undefined;
}

async function lay(change: Partial<EnvironmentConfig["edge"]> = {}): Promise<Laid> {
  const namespace = "platform";
  let edge: Edge | undefined;
  const made = await madeBy(() => {
    edge = new Edge("edge", {
      namespace,
      clusterName: "test",
      config: { ...config, ...change },
      size: "small",
      ca: new PrivateCa("ca", { namespace }),
      readGatewayHost: "read-gateway.platform.svc",
      operatorQueryHost: "operator-query.platform.svc",
    });
  });
  return { made, edge };
}

const namesOf = ({ made }: Laid, certificate: string) =>
  ofType(made, "tls:index/certRequest:CertRequest")
    .filter(({ name }) => name.startsWith(certificate))
    .map(({ inputs }) => inputs.dnsNames);

describe("the edge", () => {
  let laid: Laid;
  beforeAll(async () => {
    laid = await lay();
  });

  test("makes objects that the published schemas allow", () => {
    expect(validateAll(laid.made)).toEqual([]);
  });

  test("tells its urls with the port that users see", async () => {
    expect(await settled(laid.edge?.readGatewayUrl ?? "")).toBe("https://metrics.moat.example:8443");
    expect(await settled(laid.edge?.queryUrl ?? "")).toBe("https://query.moat.example:8443");
  });

  test("has a certificate for its two names and no more", () => {
    expect(namesOf(laid, "edge-certificate")).toEqual([["metrics.moat.example", "query.moat.example"]]);
  });

  test("has a certificate for clients by which the gateway knows it, where Traefik reads it", () => {
    expect(namesOf(laid, "edge-identity")).toEqual([[edgeIdentity("platform")]]);
    const signed = ofType(laid.made, "tls:index/locallySignedCert:LocallySignedCert");
    expect(signed.find((c) => c.name.startsWith("edge-identity"))?.inputs.allowedUses).toEqual([
      "digital_signature",
      "client_auth",
    ]);
    expect(objects(laid.made, "Deployment")[0]?.inputs).toMatchObject({
      spec: {
        template: {
          spec: {
            volumes: expect.arrayContaining([
              expect.objectContaining({
                name: "identity",
                secret: expect.objectContaining({ secretName: "edge-identity" }),
              }),
            ]),
            containers: [
              {
                volumeMounts: expect.arrayContaining([
                  expect.objectContaining({ name: "identity", mountPath: folders.identity }),
                ]),
              },
            ],
          },
        },
      },
    });
  });

  test("knows the password by its hash only", () => {
    const users = objects(laid.made, "Secret").find((s) => s.name === "edge-users");
    expect(users?.inputs.stringData).toEqual({ users: "admin:$2a$10$made-up\n" });
    expect(JSON.stringify(objects(laid.made))).not.toContain("made-up-password");
  });

  test("hands the password out as a secret", async () => {
    expect(laid.edge && (await isSecret(laid.edge.adminPassword))).toBe(true);
  });

  test("shows HTTP and HTTPS, and keeps its metrics inside", () => {
    expect(objects(laid.made, "Service").map((s) => s.inputs.spec)).toMatchObject([
      {
        type: "NodePort",
        ports: [
          { name: "web", port: 8080, nodePort: 30080 },
          { name: "websecure", port: 8443, nodePort: 30443 },
        ],
      },
    ]);
  });

  test("has no rights in the cluster", () => {
    expect(laid.made.filter(({ type }) => type.includes(":rbac."))).toEqual([]);
  });
});

test("may be a load balancer with what its cloud wants to know", async () => {
  const { made } = await lay({ service: { type: "loadBalancer", annotations: { "cloud/kind": "nlb" } } });
  expect(objects(made, "Service").map((s) => s.inputs)).toMatchObject([
    { metadata: { annotations: { "cloud/kind": "nlb" } }, spec: { type: "LoadBalancer" } },
  ]);
});

test("restarts when its routes change", async () => {
  const template = async (change?: Partial<EnvironmentConfig["edge"]>) =>
    JSON.stringify(objects((await lay(change)).made, "Deployment").map((d) => d.inputs.spec));
  expect(await template()).toBe(await template());
  expect(await template({ domain: "other.example" })).not.toBe(await template());
});

test.each([
  [443, "https://host"],
  [8443, "https://host:8443"],
])("a url with port %d is %s", (port, url) => {
  expect(urlOf("host", port)).toBe(url);
});
