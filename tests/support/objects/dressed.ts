/** Objects as drawn, with what the tenants' rules ask of every one, so that other fields decide. */
import * as fc from "fast-check";
import type { Fields } from "../../../policies/rule";
import { isFields } from "../../../policies/samples";

const asked = { followRedirects: false };

const endpoint = (drawn: unknown): Fields => ({ port: "metrics", ...Object(drawn), ...asked });

const listOf = (written: unknown): readonly unknown[] => (Array.isArray(written) ? written : []);

const partOf = (fields: Fields, name: string): Fields => {
  const part = fields[name];
  return isFields(part) ? part : {};
};

function dress(kind: string, spec: Fields): Fields {
  switch (kind) {
    case "ServiceMonitor":
      return { ...spec, endpoints: listOf(spec.endpoints).map(endpoint) };
    case "PodMonitor":
      return { ...spec, podMetricsEndpoints: listOf(spec.podMetricsEndpoints).map(endpoint) };
    case "Probe":
      return {
        targets: { staticConfig: { static: ["web.alpha.svc"] } },
        ...spec,
        ...asked,
        prober: { path: "/probe", ...partOf(spec, "prober"), url: "prober.alpha.svc:9115" },
      };
    default:
      return spec;
  }
}

/** A secret or ConfigMap that is there, for what names one. */
function withReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withReferences);
  if (!isFields(value)) return value;
  if ("key" in value && "name" in value) return { ...value, name: "keys", key: "key" };
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withReferences(part)]));
}

/** Objects in the tenant's namespace. Four of five are dressed; the others are as they were drawn. */
export const dressed = (
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  specs: fc.Arbitrary<unknown>,
): fc.Arbitrary<Fields> =>
  fc.tuple(specs, fc.integer({ min: 0, max: 4 })).map(([drawn, luck]) => {
    const spec = isFields(drawn) ? drawn : {};
    const full = luck === 0 ? spec : dress(kind, Object(withReferences(spec)));
    return { apiVersion, kind, metadata: { name: "sample", namespace: "alpha" }, spec: full };
  });
