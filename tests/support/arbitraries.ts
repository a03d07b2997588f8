/** Random but valid pieces of configuration for property tests. */
import * as fc from "fast-check";

/** A name that is no namespace of Kubernetes or of the platform: those contain other letters. */
export const dnsLabel = (longest: number): fc.Arbitrary<string> =>
  fc.stringMatching(new RegExp(`^[abc]([-abc0-9]{0,${longest - 2}}[abc0-9])?$`));

const size = fc.integer({ min: 1, max: 500 }).map((n) => `${n}Gi`);
const duration = (least: number, most: number) => fc.integer({ min: least, max: most }).map((n) => `${n}h`);
const subjects = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}(@example\.org)?$/), { maxLength: 3 });

/** Tenants by name, each with at least one namespace that is no other's. */
export const validTenants = fc
  .uniqueArray(dnsLabel(40), { maxLength: 8 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc
          .record(
            {
              extra: fc.integer({ min: 0, max: 3 }),
              users: subjects,
              groups: subjects,
              authors: fc.record({ users: subjects, groups: subjects }, { requiredKeys: [] }),
              egressCidrs: fc.array(fc.constantFrom("10.1.0.0/16", "192.168.7.0/24")),
              scrapeCredentials: fc.boolean(),
              quota: fc.record({
                cpu: fc.oneof(fc.integer({ min: 1, max: 64 }), fc.constant("500m")),
                memory: size,
              }),
            },
            { requiredKeys: ["extra"] },
          )
          .map(({ extra, ...tenant }) => ({
            name,
            tenant: {
              ...tenant,
              // A "z" is in no other name, so what follows it belongs to this tenant alone.
              ...(extra > 0 && { namespaces: Array.from({ length: extra }, (_, i) => `${name}z${i}`) }),
            },
          })),
      ),
    ),
  )
  .map((all) => Object.fromEntries(all.map(({ name, tenant }) => [name, tenant])));

/** A whole configuration, but for the kubeconfig. */
export const validConfig = fc.record({
  clusterName: dnsLabel(63),
  size: fc.constantFrom("small", "medium", "large"),
  objectStore: fc.record({ kind: fc.constant("inCluster"), storage: size }),
  metrics: fc.record({
    replicas: fc.integer({ min: 1, max: 20 }),
    retention: duration(24, 1000),
    blockDuration: duration(1, 24),
    storage: size,
  }),
  thanos: fc.record({
    retention: fc.record({
      raw: duration(40, 1000),
      fiveMinutes: duration(240, 2000),
      oneHour: duration(1, 9000),
    }),
  }),
  readGateway: fc.record({ replicas: fc.integer({ min: 1, max: 20 }) }),
  edge: fc.record({
    domain: fc.array(dnsLabel(20), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(".")),
  }),
  tenants: validTenants,
});
