/** The read gateway: both hops read the namespace from the same place, and nothing leads around them. */
import { output } from "@pulumi/pulumi";
import { parse } from "yaml";
import { z } from "zod";
import { PrivateCa } from "../../../components/edge/privateCa";
import { gatewayAudience, namespaceHeader, ports, tenantLabel } from "../../../components/names";
import { readerRule } from "../../../components/tenancy/access";
import {
  allowedPaths,
  authorization,
  queryGuardArgs,
  ReadGateway,
} from "../../../components/tenancy/readGateway";
import { environment } from "../../support/environment";
import { guardFlags } from "../../support/guards";
import { type Made, madeBy, objects } from "../../support/mocks";
import { validateAll } from "../../support/schemas";
import { settled } from "../../support/settled";

const podSpec = z.object({
  spec: z.object({
    replicas: z.number(),
    template: z.object({
      spec: z.object({
        serviceAccountName: z.string(),
        containers: z.array(
          z.object({
            name: z.string(),
            args: z.array(z.string()),
            ports: z.array(z.object({ name: z.string(), containerPort: z.number() })),
            volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })).default([]),
          }),
        ),
        volumes: z.array(z.looseObject({ name: z.string() })),
      }),
    }),
  }),
});

let made: Made[];
let pod: z.infer<typeof podSpec>["spec"]["template"]["spec"];
beforeAll(async () => {
  made = await madeBy(() => {
    const namespace = "moat-system";
    new ReadGateway("gateway", {
      namespace,
      replicas: 2,
      size: "small",
      ca: new PrivateCa("ca", { namespace }),
      clients: { certificatePem: output("authority for readers") },
      queries: { frontendHost: "frontend", queryHost: "query", rulesEndpoint: "dnssrv+_guard._tcp.rules" },
      thanos: environment().thanos,
    });
  });
  pod = podSpec.parse(objects(made, "Deployment")[0]?.inputs).spec.template.spec;
});

const containerOf = (name: string) => {
  const found = pod.containers.find((c) => c.name === name);
  if (found === undefined) throw new Error(`there is no container ${name}`);
  return found;
};

/** Value of a flag; each stands once. */
function flag(container: string, name: string): string | undefined {
  const values = containerOf(container).args.filter(
    (arg) => arg === `--${name}` || arg.startsWith(`--${name}=`),
  );
  expect(values.length).toBeLessThanOrEqual(1);
  return values[0]?.slice(name.length + 3);
}

test("is made of objects that the published schemas allow", () => expect(validateAll(made)).toEqual([]));

describe("what is authorised is what is enforced", () => {
  test("both hops read the namespace from one header, and from nothing else", () => {
    expect(authorization.authorization.rewrites).toEqual({ byHttpHeader: { name: namespaceHeader } });
    expect(flag("query-guard", "header")).toBe(namespaceHeader);
  });

  test("the header's name is in canonical form, as one hop looks it up unchanged", () => {
    const canonical = namespaceHeader.replace(
      /[^-]+/g,
      (w) => w.charAt(0).toUpperCase() + w.slice(1).toLowerCase(),
    );
    expect(namespaceHeader).toBe(canonical);
  });

  test("the permission that it asks for is the one that roles grant, in the header's namespace", () => {
    const { resourceAttributes: asked } = authorization.authorization;
    expect(readerRule.apiGroups).toEqual([asked.apiGroup]);
    expect(readerRule.resources).toEqual([`${asked.resource}/${asked.subresource}`]);
    expect(asked.namespace).toBe("{{ .Value }}");
  });

  test("the label that it enforces is the one that Prometheus sets", () => {
    expect(flag("query-guard", "label")).toBe(tenantLabel);
  });

  test("nothing passes unfiltered", () => {
    expect(flag("kube-rbac-proxy", "ignore-paths")).toBeUndefined();
    for (const path of allowedPaths) expect(path).toMatch(/^\/api\/v1\/[a-z_]+(\/\*\/values)?$/);
    expect(flag("kube-rbac-proxy", "allow-paths")).toBe(allowedPaths.join(","));
  });
});

test("the file that kube-rbac-proxy reads is the authorization, where it looks for it", () => {
  const path = flag("kube-rbac-proxy", "config-file") ?? "";
  const mount = containerOf("kube-rbac-proxy").volumeMounts.find(({ mountPath }) =>
    path.startsWith(`${mountPath}/`),
  );
  const volume = pod.volumes.find(({ name }) => name === mount?.name);
  const file = path.slice((mount?.mountPath.length ?? 0) + 1);
  const config = z
    .object({ metadata: z.object({ name: z.string() }), data: z.record(z.string(), z.string()) })
    .parse(objects(made, "ConfigMap").find((m) => m.name === "gateway-config")?.inputs);
  expect(volume).toMatchObject({ configMap: { name: config.metadata.name } });
  expect(parse(config.data[file] ?? "")).toEqual(authorization);
});

test("certificates of clients are those of the authority for readers, and of no other", () => {
  expect(flag("kube-rbac-proxy", "client-ca-file")).toBe("/etc/gateway/client-ca.crt");
  const [settings] = objects(made, "ConfigMap").filter((m) => m.name === "gateway-config");
  expect(settings?.inputs.data).toMatchObject({ "client-ca.crt": "authority for readers" });
});

test("tokens must be made for it, and it never writes one to its log", () => {
  expect(flag("kube-rbac-proxy", "auth-token-audiences")).toBe(gatewayAudience);
  // From 5 on it logs who asked for what, from 8 on whole requests.
  expect(Number(flag("kube-rbac-proxy", "v"))).toBeLessThan(5);
});

test("a client that the edge lets through does not fill its line to the API server alone", () => {
  expect(Number(flag("kube-rbac-proxy", "kube-api-qps"))).toBeGreaterThanOrEqual(1000);
  expect(Number(flag("kube-rbac-proxy", "kube-api-burst"))).toBeGreaterThanOrEqual(2000);
});

test("the second hop listens on loopback, where only the first reaches it", () => {
  const listen = flag("query-guard", "listen-address");
  expect(listen).toBe(`127.0.0.1:${ports.queryGuard}`);
  expect(flag("kube-rbac-proxy", "upstream")).toBe(`http://${listen}/`);
  const shown = pod.containers.flatMap((c) => c.ports.map((p) => p.containerPort));
  expect(shown).not.toContain(ports.queryGuard);
});

test("the guard asks the programs of tenants, within bounds that follow from what those keep and do", () => {
  expect(flag("query-guard", "query-url")).toBe(`http://query:${ports.http}`);
  expect(flag("query-guard", "frontend-url")).toBe(`http://frontend:${ports.http}`);
  expect(flag("query-guard", "rules-endpoint")).toBe("dnssrv+_guard._tcp.rules");
  // 90 days and one.
  for (const what of ["range", "age", "window"]) expect(flag("query-guard", `max-${what}`)).toBe("7862400s");
  expect(flag("query-guard", "timeout")).toBe("130s");
});

test.each([
  [{ queryReplicas: 2, queryConcurrency: 20 }, 2, "10"],
  [{ queryReplicas: 1, queryConcurrency: 20 }, 2, "5"],
  // Never none.
  [{ queryReplicas: 1, queryConcurrency: 1 }, 3, "1"],
])("a namespace gets half of what Thanos runs at once: %j, %i gateways", async (thanos, replicas, count) => {
  const queries = { frontendHost: "f", queryHost: "q", rulesEndpoint: "r" };
  const args = await settled(queryGuardArgs({ queries, thanos: environment({ thanos }).thanos, replicas }));
  expect(args).toContain(`--max-concurrent-per-namespace=${count}`);
});

test("the guard has every flag that it is given", () => {
  const flags = containerOf("query-guard").args.filter((arg) => arg.startsWith("--"));
  expect(flags.length).toBeGreaterThan(5);
  for (const flag of flags) expect(guardFlags).toContain(flag.slice(2).split("=")[0]);
});

test("the Service has the one port that asks who it is", () => {
  expect(objects(made, "Service").map((m) => m.inputs.spec)).toMatchObject([
    { ports: [{ port: ports.readGateway }] },
  ]);
});

test("its account may ask about tokens and rights, and nothing else", () => {
  expect(objects(made, "ClusterRoleBinding")).toMatchObject([
    {
      inputs: {
        roleRef: { kind: "ClusterRole", name: "system:auth-delegator" },
        subjects: [{ kind: "ServiceAccount", name: pod.serviceAccountName, namespace: "moat-system" }],
      },
    },
  ]);
  expect(objects(made, "RoleBinding")).toEqual([]);
});

test("two replicas are never both taken down on purpose", () => {
  expect(objects(made, "PodDisruptionBudget")).toHaveLength(1);
});
