/** What the API server holds tenants to: every rule of tenants, in their namespaces, with the parameters that the tenant's namespace carries. */
import { ComponentResource, output } from "@pulumi/pulumi";
import { z } from "zod";
import { objectLabels, tenantAnnotations } from "../../../components/names";
import { TenantAdmission } from "../../../components/tenancy/admission";
import { Tenants } from "../../../components/tenancy/tenants";
import { checkConfig } from "../../../config";
import { typeOf } from "../../../policies/crossguard";
import { Namespaces, violationsOf } from "../../../policies/evaluate";
import { rules } from "../../../policies/rules";
import { temporaryFolder, writeKubeconfig } from "../../support/kubeconfig";
import { type Made, madeBy, objects } from "../../support/mocks";
import { validateAll } from "../../support/schemas";

const kubeconfig = writeKubeconfig(temporaryFolder());
const tenantRules = rules.filter((rule) => rule.scope === "tenants");
const ids = tenantRules.map((rule) => rule.id);

const shape = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ policyName: z.string().optional(), matchResources: z.unknown().optional() }),
});
const named = (made: readonly Made[], kind: string) =>
  new Map(
    objects(made, kind).map((m) => {
      const { metadata, spec } = shape.parse(m.inputs);
      return [metadata.name, spec];
    }),
  );

describe("admission", () => {
  let made: Made[];
  beforeAll(async () => {
    made = await madeBy(() => void new TenantAdmission("admission", { platformNamespace: "moat-system" }));
  });

  test("is a policy and a binding for each rule of tenants, and nothing else", () => {
    const names = ids.map((id) => `moat-system-${id.toLowerCase()}`).sort();
    const bindings = named(made, "ValidatingAdmissionPolicyBinding");
    expect([...named(made, "ValidatingAdmissionPolicy").keys()].sort()).toEqual(names);
    expect([...bindings.keys()].sort()).toEqual(names);
    for (const [name, { policyName }] of bindings) expect(policyName).toBe(name);
    expect(made).toHaveLength(1 + 2 * ids.length);
  });

  test("is made of objects that the published schemas allow", () => expect(validateAll(made)).toEqual([]));

  test("refuses in tenants' namespaces; of namespaces it looks at all", () => {
    const everywhere = [...named(made, "ValidatingAdmissionPolicyBinding")].filter(
      ([, { matchResources }]) => matchResources === undefined,
    );
    expect(new Set(everywhere.map(([name]) => name))).toEqual(
      new Set(["moat-system-t12b", "moat-system-t12d"]),
    );
    for (const { inputs } of objects(made, "ValidatingAdmissionPolicyBinding"))
      expect(inputs.spec).toMatchObject({ validationActions: ["Deny", "Audit"] });
    expect(named(made, "ValidatingAdmissionPolicyBinding").get("moat-system-t1")).toMatchObject({
      matchResources: { namespaceSelector: { matchLabels: { [objectLabels.role]: "tenant" } } },
    });
  });

  test("refuses when it cannot judge, and names the rule in what it says", () => {
    for (const { inputs } of objects(made, "ValidatingAdmissionPolicy"))
      expect(inputs.spec).toMatchObject({
        failurePolicy: "Fail",
        validations: expect.arrayContaining([
          expect.objectContaining({ message: expect.stringMatching(/^[A-Z]\d+[a-z]?: /) }),
        ]),
      });
  });
});

describe("a tenant", () => {
  let made: Made[];
  beforeAll(async () => {
    const alpha = {
      namespaces: ["alpha", "alpha-jobs"],
      probeTargets: ["example.org", "*.example.net"],
      receiverHosts: ["hooks.example.org"],
      sample: {},
    };
    made = await tenantsOf({ alpha, beta: {} });
  });

  test("carries its parameters on each of its namespaces", () => {
    const annotations = objects(made, "Namespace").map(
      (m) => z.object({ annotations: z.record(z.string(), z.string()) }).parse(m.inputs.metadata).annotations,
    );
    const alpha = {
      [tenantAnnotations.namespaces]: "alpha,alpha-jobs",
      [tenantAnnotations.probeTargets]: "example.org,*.example.net",
      [tenantAnnotations.receiverHosts]: "hooks.example.org",
      [tenantAnnotations.platformHosts]: expect.stringMatching(/^metrics\.(.+),query\.\1,grafana\.\1$/),
      [tenantAnnotations.sampleLimit]: "50000",
      [tenantAnnotations.targetLimit]: "100",
      [tenantAnnotations.dns]: "kube-system 53 k8s-app=kube-dns",
    };
    expect(annotations.slice(0, 2)).toEqual([alpha, alpha]);
    expect(annotations[2]).toMatchObject({ [tenantAnnotations.namespaces]: "beta" });
    expect(Object.keys(alpha)).toEqual(Object.values(tenantAnnotations));
  });

  test("and its sample application break no rule of tenants", () => {
    const namespaces = new Namespaces();
    const said = made.flatMap(({ type, name, inputs: props }) => {
      namespaces.see({ type, name, props });
      const looking = tenantRules.filter((rule) => rule.on.some((kind) => typeOf(kind) === type));
      return looking.flatMap((rule) => violationsOf(rule, { type, name, props }, namespaces));
    });
    expect(said).toEqual([]);
  });
});

test("hosts of a tenant are hosts: no url, no port, no list", () => {
  const problems = (probeTargets: string[]) => {
    const checked = checkTenants({ alpha: { probeTargets } });
    return "problems" in checked ? checked.problems.map(({ path }) => path) : [];
  };
  expect(problems(["example.org", "*.example.org", "10.1.2.3", "*"])).toEqual([]);
  for (const wrong of ["https://example.org", "example.org:443", "a,b", "", "*example.org", "Example.org"])
    expect(problems([wrong])).toEqual(["moat:tenants.alpha.probeTargets[0]"]);
});

function checkTenants(tenants: unknown) {
  return checkConfig({
    clusterName: "test",
    cluster: { kubeconfig },
    objectStore: { kind: "inCluster" },
    edge: { domain: "example.org" },
    tenants,
  });
}

/** All that belongs to the tenants of a configuration, under mocks. */
async function tenantsOf(tenants: unknown): Promise<Made[]> {
  const checked = checkTenants(tenants);
  if ("problems" in checked) throw new Error(JSON.stringify(checked.problems));
  return madeBy(() => {
    const right = (account: string) => ({ account: output(account), role: output("role") });
    const metrics = {
      definitions: new Definitions("test:test:Definitions", "definitions"),
      tenantScraper: right("prometheus-tenants"),
      operatorReferences: right("prometheus-operator"),
    };
    const { config } = checked;
    return void new Tenants("tenants", {
      config,
      readerRole: "reader",
      metrics,
      webhook: metrics.definitions,
      scraping: metrics.definitions,
    });
  });
}

class Definitions extends ComponentResource {}
