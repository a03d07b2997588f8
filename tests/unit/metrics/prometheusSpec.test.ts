import { byteSize, limitFields, platformScrapeLimits } from "../../../components/metrics/limits";
import {
  isolation,
  type PrometheusSettings,
  prometheusSpec,
  queryBounds,
  retentionSize,
} from "../../../components/metrics/prometheusSpec";
import { environment } from "../../support/environment";

const some = { cpu: "1", memory: "2Gi", memoryLimit: "4Gi" };

const settings = (changes: Partial<PrometheusSettings> = {}): PrometheusSettings => ({
  service: "prometheus-tenants",
  account: "prometheus-tenants",
  namespace: "moat-system",
  podSelector: { "app.kubernetes.io/instance": "tenants" },
  scrapes: "tenant",
  replicas: 2,
  clusterName: "berlin",
  metrics: environment().metrics,
  limits: environment().metrics.limits,
  storageClass: undefined,
  objectStoreSecret: "bucket",
  resources: { prometheus: some, sidecar: some },
  ...changes,
});

describe("isolation", () => {
  const spec = isolation(settings());

  test("P1: the namespace label is enforced", () => expect(spec.enforcedNamespaceLabel).toBe("namespace"));
  test("P2, P3: a target's labels and timestamps are not honoured", () => {
    expect(spec).toMatchObject({ overrideHonorLabels: true, overrideHonorTimestamps: true });
  });
  test("P4: monitors stay in their namespace", () => expect(spec.ignoreNamespaceSelectors).toBe(true));
  test("P5: no files of the pod", () => expect(spec.arbitraryFSAccessThroughSMs).toEqual({ deny: true }));
  test("P6: every enforced limit has its twin with the same value", () => {
    const enforced = Object.entries(spec).filter(
      ([name]) => name.startsWith("enforced") && name !== "enforcedNamespaceLabel",
    );
    expect(enforced.map(([name]) => name).sort()).toEqual([
      "enforcedBodySizeLimit",
      "enforcedKeepDroppedTargets",
      "enforcedLabelLimit",
      "enforcedLabelNameLengthLimit",
      "enforcedLabelValueLengthLimit",
      "enforcedSampleLimit",
      "enforcedTargetLimit",
    ]);
    const values = new Map<string, unknown>(Object.entries(spec));
    for (const [name, value] of enforced) {
      const twin = name.replace(/^enforced(.)/, (_, first: string) => first.toLowerCase());
      expect([twin, values.get(twin)]).toEqual([twin, value]);
    }
  });
  test("P7, P8, P9: nothing is excluded, added or open to ScrapeConfigs", () => {
    const whole = prometheusSpec(settings());
    for (const field of [
      "excludedFromEnforcement",
      "prometheusRulesExcludedFromEnforce",
      "additionalScrapeConfigs",
      "additionalAlertRelabelConfigs",
      "additionalAlertManagerConfigs",
      "scrapeConfigSelector",
      "scrapeConfigNamespaceSelector",
    ]) {
      expect(whole).not.toHaveProperty(field);
    }
  });
  test.each([
    ["tenant", { "moat.dev/role": "tenant" }],
    ["platform", { "kubernetes.io/metadata.name": "moat-system" }],
  ] as const)("P10: for the %s, every selector of namespaces is %j", (scrapes, matchLabels) => {
    const selectors = Object.entries(isolation(settings({ scrapes }))).filter(([name]) =>
      name.endsWith("NamespaceSelector"),
    );
    expect(selectors).toHaveLength(4);
    for (const [, selector] of selectors) expect(selector).toEqual({ matchLabels });
  });
  test("P11: who scraped it is fixed", () => {
    expect(spec).toMatchObject({
      externalLabels: { cluster: "berlin" },
      replicaExternalLabelName: "prometheus_replica",
      prometheusExternalLabelName: "prometheus",
    });
  });
  test("P12: the admin API is off", () => expect(spec.enableAdminAPI).toBe(false));
});

describe("the whole object", () => {
  test("uploads blocks of one length through a configuration file, never through its arguments", () => {
    expect(prometheusSpec(settings()).thanos).toMatchObject({
      image: "quay.io/thanos/thanos:v0.42.2",
      blockSize: "2h",
      objectStorageConfigFile: "/etc/object-store/objstore.yml",
      volumeMounts: [{ name: "object-store", mountPath: "/etc/object-store" }],
    });
    expect(prometheusSpec(settings()).thanos).not.toHaveProperty("objectStorageConfig");
  });

  test.each([
    ["30s", "10s"],
    ["10s", "10s"],
    ["5s", "5s"],
  ])("with a scrape every %s, one may take %s", (scrapeInterval, scrapeTimeout) => {
    const { metrics } = environment({ metrics: { scrapeInterval } });
    expect(prometheusSpec(settings({ metrics }))).toMatchObject({ scrapeInterval, scrapeTimeout });
  });

  test.each([
    [undefined, {}],
    ["fast", { storageClassName: "fast" }],
  ])("with storage class %s", (storageClass, expected) => {
    expect(prometheusSpec(settings({ storageClass })).storage).toEqual({
      volumeClaimTemplate: {
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "20Gi" } }, ...expected },
      },
    });
  });

  test("has no CPU limit", () => {
    expect(prometheusSpec(settings()).resources).toEqual({
      requests: { cpu: "1", memory: "2Gi" },
      limits: { memory: "4Gi" },
    });
  });
});

test.each([
  ["20Gi", "16384MiB"],
  ["2Gi", "1638MiB"],
  ["100Mi", "80MiB"],
])("data may take four fifths of %s: %s", (volume, size) => expect(retentionSize(volume)).toBe(size));

test("limits keep their units", () => {
  expect(byteSize("16Mi")).toBe("16MiB");
  expect(limitFields(platformScrapeLimits).enforcedBodySizeLimit).toBe("16MiB");
});

test.each([
  ["25m", "512Mi", 2, 4_194_304],
  ["1", "8Gi", 2, 50_000_000],
  ["4", "32Gi", 8, 50_000_000],
  ["1500m", "2Gi", 3, 11_184_810],
])(
  "with %s of CPU all rules that run at once take a quarter of %s at most",
  (cpu, memoryLimit, maxConcurrency, maxSamples) => {
    expect(queryBounds({ cpu, memoryLimit })).toEqual({ maxConcurrency, maxSamples });
  },
);

test("both sets have such bounds", () => {
  expect(prometheusSpec(settings()).query).toEqual(queryBounds(some));
});
