import { quoteAll, type Rule } from "../../rule";
import { prometheus } from "../../samples";

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
  scope: "everywhere",
  on: ["monitoring.coreos.com/v1/Prometheus"],
  validations: [
    ...fields.map((field) => ({
      expression: `object.?spec.?${field}.orValue(false) == false`,
      message: `Leave spec.${field} out.`,
    })),
    {
      expression: `object.?spec.?additionalArgs.orValue([]).all(arg, !(arg.name.replace("--", "") in ${quoteAll(flags)}))`,
      message: `Leave ${flags.join(", ")} out of spec.additionalArgs.`,
    },
  ],
  samples: {
    good: [
      prometheus({}),
      prometheus({ enableAdminAPI: false, additionalArgs: [{ name: "web.max-connections", value: "64" }] }),
    ],
    bad: [
      ...fields.map((field) => prometheus({ [field]: true })),
      ...flags.map((name) => prometheus({ additionalArgs: [{ name }] })),
      prometheus({ additionalArgs: [{ name: "--web.enable-admin-api" }] }),
    ],
  },
};
