import { at, listAt, prometheus, type Rule } from "../rule";

/** Flags that open what the fields of the object close. */
const flags = ["web.enable-admin-api", "web.enable-remote-write-receiver", "web.enable-otlp-receiver"];
const fields = ["enableAdminAPI", "enableRemoteWriteReceiver", "enableOTLPReceiver"];

export const adminApi: Rule = {
  id: "P12",
  title: "Nobody deletes or writes series by HTTP",
  why: "Whoever reaches the port of Prometheus deletes another tenant's series, or writes series with any label.",
  severity: "high",
  references: [
    "https://prometheus.io/docs/prometheus/latest/querying/api/#tsdb-admin-apis",
    "https://prometheus.io/docs/prometheus/latest/querying/api/#remote-write-receiver",
  ],
  message: `Leave ${fields.join(", ")} out, and these flags out of spec.additionalArgs.`,
  kinds: ["monitoring.coreos.com/v1/Prometheus"],
  check: (object) => [
    ...fields
      .filter((field) => ![undefined, false].some((off) => at(object, "spec", field) === off))
      .map((field) => `spec.${field} is on`),
    ...listAt(object, "spec", "additionalArgs")
      .map((arg) => String(at(arg, "name")).replace(/^-+/, ""))
      .filter((name) => flags.includes(name))
      .map((name) => `spec.additionalArgs turns ${name} on`),
  ],
  samples: {
    good: [
      prometheus({}),
      prometheus({ enableAdminAPI: false, additionalArgs: [{ name: "web.max-connections", value: "64" }] }),
    ],
    bad: [
      ...fields.map((field) => prometheus({ [field]: true })),
      prometheus({ enableAdminAPI: "true" }),
      ...flags.map((name) => prometheus({ additionalArgs: [{ name }] })),
      prometheus({ additionalArgs: [{ name: "--web.enable-admin-api" }] }),
    ],
  },
};
