/** The read gateway: one program that asks who it is and enforces what it was told, and nothing leads around it. */
import { output } from "@pulumi/pulumi";
import { z } from "zod";
import {
  edgeIdentity,
  gatewayAudience,
  namespaceHeader,
  ports,
  programs,
  tenantLabel,
} from "../../../components/names";
import { readerRule } from "../../../components/tenancy/access";
import { queryGuardArgs, ReadGateway } from "../../../components/tenancy/readGateway";
import { PrivateCa } from "../../../components/trust/privateCa";
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
  test("one program does both, and reads the namespace from one header", () => {
    expect(pod.containers.map(({ name }) => name)).toEqual(["query-guard"]);
    expect(flag("query-guard", "header")).toBe(namespaceHeader);
  });

  test("the permission that it asks for is the one that roles grant", () => {
    expect(readerRule.apiGroups).toEqual([""]);
    expect(readerRule.resources).toEqual([flag("query-guard", "permission")]);
  });

  test("the label that it enforces is the one that Prometheus sets", () => {
    expect(flag("query-guard", "label")).toBe(tenantLabel);
  });
});

/** The volume's source, for a file that a flag names. */
const volumeOf = (path = "") => {
  const mount = containerOf("query-guard").volumeMounts.find(({ mountPath }) =>
    path.startsWith(`${mountPath}/`),
  );
  return { volume: pod.volumes.find(({ name }) => name === mount?.name), file: path.split("/").at(-1) };
};

test("certificates of clients are those of the authority for readers, and of no other", () => {
  const { volume, file } = volumeOf(flag("query-guard", "readers-ca"));
  const [settings] = objects(made, "ConfigMap").filter((m) => m.name === "gateway-config");
  expect(volume).toMatchObject({ configMap: { name: programs.readGateway } });
  expect(settings?.inputs).toMatchObject({
    metadata: { name: programs.readGateway },
    data: { [file ?? ""]: "authority for readers" },
  });
});

test("the edge is known by the authority of servers, as nobody", () => {
  const { volume, file } = volumeOf(flag("query-guard", "edge-ca"));
  expect(volume).toMatchObject({ secret: { secretName: "gateway-certificate" } });
  expect(file).toBe("ca.crt");
  expect(flag("query-guard", "edge-name")).toBe(edgeIdentity("moat-system"));
});

test("it shows the certificate of its Service, by TLS alone", () => {
  for (const name of ["tls-cert", "tls-key"])
    expect(volumeOf(flag("query-guard", name)).volume).toMatchObject({
      secret: { secretName: "gateway-certificate" },
    });
  expect(flag("query-guard", "listen-address")).toBe(`0.0.0.0:${ports.readGateway}`);
});

test("tokens must be made for it", () => {
  expect(flag("query-guard", "audience")).toBe(gatewayAudience);
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
