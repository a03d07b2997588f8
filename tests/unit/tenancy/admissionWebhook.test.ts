/** The admission webhook: asked about tenants' rules and monitors alone, fails closed, and stands in nobody's way when it goes. */
import { z } from "zod";
import { objectLabels, ports, programs, tenantLabel } from "../../../components/names";
import { AdmissionWebhook, webhook } from "../../../components/tenancy/admissionWebhook";
import { mostMonitoring, ruleFileBytes } from "../../../components/tenancy/quota";
import { PrivateCa } from "../../../components/trust/privateCa";
import { monitorKinds, partsOf, resources } from "../../../policies/kinds";
import { environment } from "../../support/environment";
import { guardFlags, guardSources } from "../../support/guards";
import { type Made, madeBy, objects } from "../../support/mocks";
import { validateAll } from "../../support/schemas";

const namespace = "moat-system";
const { metrics } = environment();

const configuration = z.object({
  webhooks: z.tuple([
    z.object({
      name: z.string(),
      clientConfig: z.object({
        caBundle: z.base64(),
        service: z.object({
          name: z.string(),
          namespace: z.string(),
          path: z.string(),
          port: z.number(),
        }),
      }),
      namespaceSelector: z.unknown(),
      rules: z.tuple([
        z.object({
          apiGroups: z.tuple([z.literal("monitoring.coreos.com")]),
          apiVersions: z.tuple([z.literal("v1")]),
          operations: z.array(z.string()),
          resources: z.array(z.string()),
        }),
      ]),
      failurePolicy: z.string(),
      sideEffects: z.string(),
      timeoutSeconds: z.number(),
      matchConditions: z.array(z.object({ expression: z.string() })).default([]),
    }),
  ]),
});

let made: Made[];
const asked = (kind: string) => configuration.parse(objects(made, kind)[0]?.inputs).webhooks[0];
const rules = () => asked("ValidatingWebhookConfiguration");
const monitors = () => asked("MutatingWebhookConfiguration");
beforeAll(async () => {
  made = await madeBy(() => {
    const ca = new PrivateCa("ca", { namespace });
    return void new AdmissionWebhook("admission-webhook", { namespace, size: "medium", metrics, ca });
  });
});

test("is made of objects that the published schemas allow", () => expect(validateAll(made)).toEqual([]));

test("is asked about rules and all kinds of monitors, when they are made or changed, in tenants' namespaces alone", () => {
  expect(rules().rules[0].resources).toEqual(["prometheusrules"]);
  expect(monitors().rules[0].resources).toEqual(monitorKinds.map((kind) => resources[kind]));
  for (const kind of monitorKinds) expect(partsOf(kind)).toMatchObject({ version: "v1" });
  for (const { rules: of, namespaceSelector, sideEffects } of [rules(), monitors()]) {
    // Who deletes something needs no answer.
    expect(of[0].operations).toEqual(["CREATE", "UPDATE"]);
    expect(namespaceSelector).toEqual({ matchLabels: { [objectLabels.role]: "tenant" } });
    // So it is asked in dry runs as well.
    expect(sideEffects).toBe("None");
  }
});

test("without an answer no rule is taken, but labels and finalizers of what stands may change", () => {
  expect(rules()).toMatchObject({
    failurePolicy: "Fail",
    matchConditions: [{ expression: "oldObject == null || object.?spec != oldObject.?spec" }],
  });
});

test("without an answer monitors go on to rule T5a, which refuses those that follow redirects", () => {
  expect(monitors()).toMatchObject({ failurePolicy: "Ignore", matchConditions: [] });
});

test("the API server asks the Service, under the name in the certificate, at paths that the program has", () => {
  const [request] = made.filter(({ type }) => type === "tls:index/certRequest:CertRequest");
  const [service] = objects(made, "Service");
  for (const { clientConfig } of [rules(), monitors()]) {
    const { name, namespace: place, port, path } = clientConfig.service;
    expect(request?.inputs.dnsNames).toEqual([`${name}.${place}.svc`]);
    expect(service?.inputs).toMatchObject({
      metadata: { name, namespace: place },
      spec: { ports: [{ port, targetPort: "https" }] },
    });
    expect(guardSources.some((source) => source.includes(`"${path}"`))).toBe(true);
    expect(Buffer.from(clientConfig.caBundle, "base64").toString()).toBe("authority");
  }
});

test("two of them, never both taken down on purpose; on a laptop one", () => {
  expect(objects(made, "Deployment")).toMatchObject([{ inputs: { spec: { replicas: 2 } } }]);
  expect(objects(made, "PodDisruptionBudget")).toHaveLength(1);
  expect(webhook({ size: "small", metrics }, "tls").replicas).toBe(1);
});

test("it may do nothing in the cluster", () => {
  expect(objects(made, "Deployment")).toMatchObject([
    { inputs: { spec: { template: { spec: { automountServiceAccountToken: false } } } } },
  ]);
  for (const kind of ["RoleBinding", "ClusterRoleBinding"]) expect(objects(made, kind)).toEqual([]);
});

test("the program has every flag that it is given, and enforces what Prometheus enforces", () => {
  const [container] = webhook({ size: "small", metrics: { scrapeInterval: "1m" } }, "tls").containers;
  const args = (container?.args ?? []).map(String);
  const flags = args.filter((arg) => arg.startsWith("--"));
  expect(flags.length).toBeGreaterThan(5);
  for (const flag of flags) expect(guardFlags).toContain(flag.slice(2).split("=")[0]);
  expect(args).toContain(`--label=${tenantLabel}`);
  expect(args).toContain("--default-evaluation-interval=60s");
  // All rules of a tenant fit into the ConfigMaps that are mounted anyway, by the operator's first-come packing, and leave one to others.
  const perConfigMap = Math.floor((512 * 1024) / ruleFileBytes);
  expect(Math.ceil(mostMonitoring.prometheusrules / perConfigMap)).toBeLessThan(3);
  expect(args).toContain(`--max-rule-file-bytes=${ruleFileBytes}`);
  expect(args).toContain(`--listen-address=0.0.0.0:${ports.admissionWebhook}`);
});

test("its metrics are scraped, and its certificate's end is known", () => {
  expect(objects(made, "PodMonitor")).toMatchObject([
    {
      inputs: {
        metadata: { name: programs.admissionWebhook },
        spec: { podMetricsEndpoints: [{ port: "metrics" }] },
      },
    },
  ]);
});
